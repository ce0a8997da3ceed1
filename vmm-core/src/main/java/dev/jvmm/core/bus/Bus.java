package dev.jvmm.core.bus;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Finds the device behind an address: one bus for ports, one for guest-physical addresses.
 *
 * <p>Look-ups never lock: they read one immutable snapshot. After mapping and unmapping at run time
 * the next look-up publishes a new one; an access that is under way may still reach the device that
 * has just gone, so a device tolerates one last access.
 *
 * <p>Thread: safe; look-ups by the volatile snapshot, changes and the first look-up after them by
 * the monitor of the bus.
 */
public final class Bus {

  private final String name;
  private final LongAdder unclaimedReads = new LongAdder();
  private final LongAdder unclaimedWrites = new LongAdder();
  private final List<Mapping> mappings = new ArrayList<>();
  private volatile @Nullable Snapshot snapshot; // null after a change, until the next look-up

  /** A device at its place; {@link #unmap} takes it away. */
  public record Mapping(AddressRange range, Widths widths, BusDevice device) {

    private boolean answers(long address, int size) {
      return widths.contains(size) && range.contains(address, size);
    }
  }

  /**
   * The mappings cut into spans that do not overlap: {@code starts} sorted, and for each the few
   * mappings that cover it.
   */
  private static final class Snapshot {

    private static final Mapping[] NONE = {};

    private final long[] starts;
    private final Mapping[][] spans;

    private Snapshot(long[] starts, Mapping[][] spans) {
      this.starts = starts;
      this.spans = spans;
    }

    static Snapshot of(List<Mapping> mappings) {
      TreeSet<Long> edges = new TreeSet<>();
      edges.add(0L);
      for (Mapping mapping : mappings) {
        edges.add(mapping.range().start());
        edges.add(mapping.range().end());
      }
      long[] starts = new long[edges.size()];
      Mapping[][] spans = new Mapping[starts.length][];
      int i = 0;
      for (long start : edges) {
        starts[i] = start;
        spans[i] = covering(mappings, start);
        i++;
      }
      return new Snapshot(starts, spans);
    }

    /** Without streams: this runs at every start, long before it is compiled. */
    private static Mapping[] covering(List<Mapping> mappings, long address) {
      List<Mapping> found = new ArrayList<>(1);
      for (Mapping mapping : mappings) {
        if (mapping.range().contains(address, 1)) {
          found.add(mapping);
        }
      }
      return found.toArray(NONE);
    }

    @Nullable Mapping find(long address, int size) {
      int low = 0;
      int high = starts.length - 1;
      while (low < high) {
        int middle = (low + high + 1) >>> 1;
        if (starts[middle] <= address) {
          low = middle;
        } else {
          high = middle - 1;
        }
      }
      for (Mapping mapping : spans[low]) {
        if (mapping.answers(address, size)) {
          return mapping;
        }
      }
      return null;
    }
  }

  /** Makes an empty bus; {@code name} is for messages. */
  public Bus(String name) {
    this.name = name;
  }

  /** What messages and recordings call it: port, memory. */
  public String name() {
    return name;
  }

  /** Puts a device at a range, for every width. */
  public Mapping map(long start, long length, BusDevice device) {
    return map(new AddressRange(start, length), Widths.ANY, device);
  }

  /**
   * Puts a device at a range.
   *
   * @throws IllegalStateException if another device answers one of these widths there
   */
  public synchronized Mapping map(AddressRange range, Widths widths, BusDevice device) {
    Mapping mapping = tryMap(range, widths, device);
    if (mapping == null) {
      throw new IllegalStateException(
          "%s %#x+%#x is taken by %s"
              .formatted(name, range.start(), range.length(), taker(range, widths)));
    }
    return mapping;
  }

  /** Puts a device at a range as {@link #map} does, or answers null where another one is. */
  public synchronized @Nullable Mapping tryMap(
      AddressRange range, Widths widths, BusDevice device) {
    if (taker(range, widths) != null) {
      return null;
    }
    Mapping mapping = new Mapping(range, widths, device);
    mappings.add(mapping);
    snapshot = null;
    return mapping;
  }

  private @Nullable Mapping taker(AddressRange range, Widths widths) {
    for (Mapping other : mappings) {
      if (other.range().overlaps(range) && (other.widths().mask() & widths.mask()) != 0) {
        return other;
      }
    }
    return null;
  }

  /** Takes a mapping away; nothing happens where it has gone already. */
  public synchronized void unmap(Mapping mapping) {
    if (mappings.remove(mapping)) {
      snapshot = null;
    }
  }

  private @Nullable Mapping find(long address, int size) {
    Snapshot known = snapshot;
    return (known == null ? publish() : known).find(address, size);
  }

  /** Not at each change: a machine is made of dozens, and its first access comes after them. */
  private synchronized Snapshot publish() {
    Snapshot known = snapshot;
    if (known == null) {
      known = Snapshot.of(mappings);
      snapshot = known;
    }
    return known;
  }

  /**
   * Answers a guest's load; all ones, and counted, where no device is.
   *
   * @param address any value
   * @param size 1, 2, 4 or 8
   * @return the value, zero extended to 64 bits
   */
  public long read(long address, int size) {
    Mapping mapping = find(address, size);
    if (mapping == null) {
      unclaimedReads.increment();
      return truncate(BusDevice.ALL_ONES, size);
    }
    return truncate(mapping.device().read(address - mapping.range().start(), size), size);
  }

  /** Hands a guest's store to its device; dropped, and counted, where there is none. */
  public void write(long address, int size, long value) {
    Mapping mapping = find(address, size);
    if (mapping == null) {
      unclaimedWrites.increment();
    } else {
      mapping.device().write(address - mapping.range().start(), size, truncate(value, size));
    }
  }

  /** What the device behind an address is called; empty where there is none. */
  public String nameAt(long address, int size) {
    Mapping mapping = find(address, size);
    return mapping == null ? "" : nameOf(mapping.device());
  }

  private static String nameOf(BusDevice device) {
    return switch (device) {
      case Named named -> named.name();
      case Locked(BusDevice behind) -> nameOf(behind);
      case ByteWide(BusDevice behind) -> nameOf(behind);
      default -> device.getClass().getSimpleName();
    };
  }

  /** How many loads no device claimed so far. */
  public long unclaimedReads() {
    return unclaimedReads.sum();
  }

  /** How many stores no device claimed so far. */
  public long unclaimedWrites() {
    return unclaimedWrites.sum();
  }

  private static long truncate(long value, int size) {
    return value & (-1L >>> (64 - 8 * size));
  }
}
