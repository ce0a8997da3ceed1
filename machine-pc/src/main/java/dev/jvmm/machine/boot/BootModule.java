package dev.jvmm.machine.boot;

/**
 * Something loaded beside the kernel: Linux's initrd, or a MultiBoot module.
 *
 * <p>Thread: immutable.
 *
 * @param payload its bytes
 * @param commandLine its own command line; only MultiBoot and PVH know such a thing
 */
public record BootModule(Payload payload, String commandLine) {}
