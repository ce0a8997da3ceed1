package dev.jvmm.core.bus;

/**
 * A run of ports or of guest-physical addresses.
 *
 * <p>Thread: immutable.
 *
 * @param start the first address
 * @param length how many addresses, at least 1
 */
public record AddressRange(long start, long length) {

  /** Refuses an empty range and one that wraps around the top of the address space. */
  public AddressRange {
    if (start < 0 || length < 1 || Math.addExact(start, length) < 0) {
      throw new IllegalArgumentException("range %#x+%#x".formatted(start, length));
    }
  }

  /** The first address behind the range. */
  public long end() {
    return start + length;
  }

  /** Whether {@code size} bytes from {@code address} on lie whole in the range. */
  public boolean contains(long address, int size) {
    return address >= start && address - start <= length - size;
  }

  /** Whether the two share an address. */
  public boolean overlaps(AddressRange other) {
    return start < other.end() && other.start < end();
  }
}
