package dev.jvmm.machine.pci;

import dev.jvmm.core.bus.BusDevice;

/**
 * What a base address register places (PCI Local Bus 3.0, 6.2.5.1): a device's ports or memory.
 *
 * <p>Thread: immutable.
 *
 * @param index which register, 0 to 5; a {@link Kind#MEMORY_64} takes the next one as well
 * @param kind where it can be
 * @param prefetchable whether reads have no side effects, so that a bridge may run ahead
 * @param sizeBytes a power of two: ports 4 to 256, memory at least 16
 * @param device what answers there
 * @param listener told where it is
 */
public record Bar(
    int index,
    Kind kind,
    boolean prefetchable,
    long sizeBytes,
    BusDevice device,
    Listener listener) {

  /** How many registers there are. */
  static final int COUNT = 6;

  /** Where {@link #place} puts what is not decoded. */
  static final long NOWHERE = -1;

  private static final int FIRST = 0x10;
  private static final int IO_SPACE = 1;
  private static final int MEMORY_TYPE_64 = 2 << 1;
  private static final int MEMORY_PREFETCHABLE = 1 << 3;
  private static final long LAST_PORT = 0xFFFF;
  private static final long LAST_BELOW_4_GIB = 0xFFFF_FFFFL;
  private static final long LAST = (1L << 52) - 1; // x86 has no more bits of address

  /** Where a BAR can be. */
  public enum Kind {
    /** Ports. */
    PORTS,
    /** Below 4 GiB. */
    MEMORY_32,
    /** Anywhere. */
    MEMORY_64
  }

  /**
   * Hears of a BAR's moves, for what the kernel keeps by address (ioeventfds).
   *
   * <p>Thread: called on the thread of the vCPU that moves it, one call at a time.
   */
  public interface Listener {

    /** Nothing is kept by address. */
    Listener NONE =
        new Listener() {
          @Override
          public void mapped(long base) {}

          @Override
          public void unmapped(long base) {}
        };

    /** From now on it answers from {@code base} on. */
    void mapped(long base);

    /** From now on it does not answer at {@code base}. */
    void unmapped(long base);
  }

  /** Refuses what the register can't say. */
  public Bar {
    int registers = kind == Kind.MEMORY_64 ? 2 : 1;
    boolean ports = kind == Kind.PORTS;
    long least = ports ? 4 : 16;
    long most = ports ? 256 : kind == Kind.MEMORY_32 ? 1L << 31 : 1L << 40;
    if (index < 0 || index > COUNT - registers || (ports && prefetchable)) {
      throw new IllegalArgumentException("BAR " + index + " of " + kind);
    }
    if (Long.bitCount(sizeBytes) != 1 || sizeBytes < least || sizeBytes > most) {
      throw new IllegalArgumentException("BAR of %#x bytes".formatted(sizeBytes));
    }
  }

  /** Ports. */
  public static Bar ports(int index, int size, BusDevice device) {
    return new Bar(index, Kind.PORTS, false, size, device, Listener.NONE);
  }

  /** Memory below 4 GiB, with side effects. */
  public static Bar memory32(int index, long sizeBytes, BusDevice device) {
    return new Bar(index, Kind.MEMORY_32, false, sizeBytes, device, Listener.NONE);
  }

  /** Prefetchable memory anywhere. */
  public static Bar memory64(int index, long sizeBytes, BusDevice device) {
    return new Bar(index, Kind.MEMORY_64, true, sizeBytes, device, Listener.NONE);
  }

  /** The same, with a listener. */
  public Bar tell(Listener newListener) {
    return new Bar(index, kind, prefetchable, sizeBytes, device, newListener);
  }

  int registers() {
    return kind == Kind.MEMORY_64 ? 2 : 1;
  }

  /** The bit of the command register that lets it answer. */
  int decodedBy() {
    return kind == Kind.PORTS ? Header.COMMAND_IO : Header.COMMAND_MEMORY;
  }

  /** Its register or registers: the type in the low bits, and as many address bits as it moves. */
  void defineIn(ConfigSpace config) {
    int type =
        switch (kind) {
          case PORTS -> IO_SPACE;
          case MEMORY_32 -> 0;
          case MEMORY_64 -> MEMORY_TYPE_64;
        };
    long address = -sizeBytes;
    config.define(offset(), 4, type | (prefetchable ? MEMORY_PREFETCHABLE : 0), (int) address);
    if (kind == Kind.MEMORY_64) {
      config.define(offset() + 4, 4, 0, (int) (address >>> 32));
    }
  }

  /**
   * Where its registers say that it is, or {@link #NOWHERE}: at address 0 it was never put, and one
   * that reaches the top of its space is having its size probed.
   */
  long place(ConfigSpace config) {
    long address = Integer.toUnsignedLong(config.get(offset(), 4)) & -sizeBytes;
    if (kind == Kind.MEMORY_64) {
      address = (address | ((long) config.get(offset() + 4, 4) << 32)) & -sizeBytes;
    }
    long limit =
        switch (kind) {
          case PORTS -> LAST_PORT;
          case MEMORY_32 -> LAST_BELOW_4_GIB;
          case MEMORY_64 -> LAST;
        };
    boolean fits = address > 0 && address <= limit - sizeBytes;
    return fits ? address : NOWHERE;
  }

  private int offset() {
    return FIRST + 4 * index;
  }
}
