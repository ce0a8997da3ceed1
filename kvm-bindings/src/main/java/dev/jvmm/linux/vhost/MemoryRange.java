package dev.jvmm.linux.vhost;

/**
 * A run of a guest's memory, for the kernel to find it by the guest's addresses.
 *
 * <p>Thread: immutable.
 *
 * @param gpa the guest-physical address of its first byte
 * @param sizeBytes how long it is
 * @param hva where it is in this process
 */
public record MemoryRange(long gpa, long sizeBytes, long hva) {}
