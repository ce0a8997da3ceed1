package dev.jvmm.core.event;

import java.util.OptionalLong;

/**
 * A guest's write that is worth nothing but the fact that it happened: where it hangs, the write
 * wakes an event loop and the vCPU goes on at once.
 *
 * <p>Thread: called by one thread at a time.
 */
public interface Doorbell extends AutoCloseable {

  /**
   * Hangs it at a place; it hangs nowhere before.
   *
   * @return false where the host refuses, as it does when it has too many: then such writes reach
   *     the bus like any other
   */
  boolean hang(Place place);

  /** Takes it down; nothing where it hangs nowhere. */
  void unhang();

  /** Takes it down for ever; a ring that is under way may still be heard. */
  @Override
  void close();

  /**
   * Where the guest writes.
   *
   * @param port whether {@code address} is a port, rather than a guest-physical address
   * @param address the first byte of the write
   * @param sizeBytes the width that counts; 0 for any, which is the fastest
   * @param value the one value that counts; empty for any
   */
  record Place(boolean port, long address, int sizeBytes, OptionalLong value) {

    /** A write of any width and value to memory. */
    public static Place memory(long gpa) {
      return new Place(false, gpa, 0, OptionalLong.empty());
    }

    /** A write of one width and value to memory. */
    public static Place memory(long gpa, int sizeBytes, long value) {
      return new Place(false, gpa, sizeBytes, OptionalLong.of(value));
    }

    /** A write of one width and value to a port. */
    public static Place port(int port, int sizeBytes, long value) {
      return new Place(true, port, sizeBytes, OptionalLong.of(value));
    }
  }
}
