package dev.jvmm.machine;

/**
 * A COM port that is connected to something ({@code -serial}, {@code -device isa-serial}).
 *
 * @param port 1 to 4
 * @param chardev the id of its character device
 */
public record SerialConfig(int port, String chardev) {}
