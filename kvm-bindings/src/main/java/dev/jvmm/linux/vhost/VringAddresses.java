package dev.jvmm.linux.vhost;

/**
 * Where the three parts of a ring are, as addresses of this process.
 *
 * <p>Thread: immutable.
 *
 * @param descriptors the descriptor table
 * @param avail the driver's ring
 * @param used the device's ring
 * @param log the guest-physical address of {@code used}, if its writes are logged; else 0
 * @param logged whether they are (VHOST_VRING_F_LOG)
 */
public record VringAddresses(long descriptors, long avail, long used, long log, boolean logged) {

  /** Those of a ring whose writes nobody logs. */
  public VringAddresses(long descriptors, long avail, long used) {
    this(descriptors, avail, used, 0, false);
  }
}
