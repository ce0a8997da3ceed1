package dev.jvmm.virtio.queue;

import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.memory.Region;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The driver's end of a split virtqueue, as a guest writes it, honest or not: the double for all
 * tests of virtio.
 *
 * <p>Thread: confined to the driver's thread; the device is another.
 */
public final class DriverSide {

  /** Bytes of {@link #ram}. */
  public static final int RAM_BYTES = 1 << 20;

  public static final int F_NEXT = 1;
  public static final int F_WRITE = 2;
  public static final int F_INDIRECT = 4;

  private static final VarHandle U16 =
      ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment memory;
  private final long base;
  private final int size;
  private final boolean eventIdx;
  private final long usedAlignment;
  private final int[] next;
  private final int[] free;
  private int freeCount;
  private int availIdx;
  private int availKicked;
  private int usedIdx;

  /** One buffer of a request. */
  public record Piece(long gpa, int length, boolean writable) {

    /** What the device may read. */
    public static Piece readable(long gpa, int length) {
      return new Piece(gpa, length, false);
    }

    /** What the device may fill. */
    public static Piece writable(long gpa, int length) {
      return new Piece(gpa, length, true);
    }
  }

  /** What came back. */
  public record Used(int head, int length) {}

  /** A queue whose rings begin at {@code base}, all zero. */
  public DriverSide(GuestMemory guestMemory, long base, int size, boolean eventIdx) {
    this(guestMemory, base, size, eventIdx, 4);
  }

  /** The same as a legacy driver lays it out: the used ring begins at a page (2.7.2). */
  public static DriverSide legacy(GuestMemory guestMemory, long base, int size) {
    return new DriverSide(guestMemory, base, size, false, 4096);
  }

  private DriverSide(
      GuestMemory guestMemory, long base, int size, boolean eventIdx, long usedAlignment) {
    this.memory = Objects.requireNonNull(guestMemory.slice(0, RAM_BYTES));
    this.base = base;
    this.size = size;
    this.eventIdx = eventIdx;
    this.usedAlignment = usedAlignment;
    this.next = new int[size];
    this.free = new int[size];
    memory.asSlice(base, usedGpa() + UsedRing.sizeBytes(size) - base).fill((byte) 0);
    for (int i = size - 1; i >= 0; i--) {
      free[freeCount++] = i;
    }
  }

  /** RAM of {@link #RAM_BYTES} at 0, with nothing behind it. */
  public static GuestMemory ram() {
    return new GuestMemory(List.of(new Region(0, Arena.ofAuto().allocate(RAM_BYTES, 4096))));
  }

  /** What a driver tells the device. */
  public QueueRings.Addresses addresses() {
    return new QueueRings.Addresses(size, base, availGpa(), usedGpa());
  }

  /** How many descriptors are free. */
  public int freeCount() {
    return freeCount;
  }

  /** Makes a request of descriptors in the table available, not yet published. */
  public int add(Piece... pieces) {
    int head = free[freeCount - 1];
    for (int i = 0; i < pieces.length; i++) {
      int index = free[--freeCount];
      boolean last = i == pieces.length - 1;
      next[index] = last ? -1 : free[freeCount - 1];
      int flags = (last ? 0 : F_NEXT) | (pieces[i].writable() ? F_WRITE : 0);
      descriptor(index, pieces[i].gpa(), pieces[i].length(), flags, Math.max(next[index], 0));
    }
    offer(head);
    return head;
  }

  /** Makes a request by way of an indirect table available, not yet published. */
  public int addIndirect(long table, Piece... pieces) {
    for (int i = 0; i < pieces.length; i++) {
      boolean last = i == pieces.length - 1;
      int flags = (last ? 0 : F_NEXT) | (pieces[i].writable() ? F_WRITE : 0);
      descriptorAt(table + 16L * i, pieces[i].gpa(), pieces[i].length(), flags, i + 1);
    }
    return addRaw(table, 16L * pieces.length, F_INDIRECT);
  }

  /** Makes one descriptor of any content available, not yet published. */
  public int addRaw(long gpa, long length, int flags) {
    int head = free[--freeCount];
    next[head] = -1;
    descriptor(head, gpa, length, flags, 0);
    offer(head);
    return head;
  }

  /** Writes a descriptor of the table. */
  public void descriptor(int index, long gpa, long length, int flags, int nextIndex) {
    descriptorAt(base + 16L * index, gpa, length, flags, nextIndex);
  }

  /** Writes a descriptor anywhere. */
  public void descriptorAt(long at, long gpa, long length, int flags, int nextIndex) {
    memory.set(U64, at, gpa);
    memory.set(U32, at + 8, (int) length);
    memory.set(U32, at + 12, flags | (nextIndex << 16));
  }

  /** Puts a head into the next slot of the ring. */
  public void offer(int head) {
    U16.set(memory, availGpa() + 4 + 2L * (availIdx & (size - 1)), (short) head);
    availIdx = (availIdx + 1) & 0xFFFF;
  }

  /** Publishes what is offered; says whether the device wants to be notified. */
  public boolean publish() {
    U16.setRelease(memory, availGpa() + 2, (short) availIdx);
    VarHandle.fullFence();
    int before = availKicked;
    availKicked = availIdx;
    if (!eventIdx) {
      return ((short) U16.getAcquire(memory, usedGpa()) & 1) == 0;
    }
    int event = Short.toUnsignedInt((short) U16.getAcquire(memory, usedGpa() + 4 + 8L * size));
    return ((availIdx - event - 1) & 0xFFFF) < ((availIdx - before) & 0xFFFF);
  }

  /** Publishes an index of the test's choice. */
  public void publishIdx(int idx) {
    U16.setRelease(memory, availGpa() + 2, (short) idx);
  }

  /** Takes back the next request, or {@code null} when there is none. */
  public @Nullable Used take() {
    if (!hasUsed()) {
      return null;
    }
    long element = usedGpa() + 4 + 8L * (usedIdx & (size - 1));
    usedIdx = (usedIdx + 1) & 0xFFFF;
    int head = memory.get(U32, element);
    for (int index = head; index >= 0; index = next[index]) {
      free[freeCount++] = index;
    }
    return new Used(head, memory.get(U32, element + 4));
  }

  /** Whether something came back. */
  public boolean hasUsed() {
    return (short) U16.getAcquire(memory, usedGpa() + 2) != (short) usedIdx;
  }

  /** Asks for an interrupt of what comes back from now on; says whether something has already. */
  public boolean allowInterrupts() {
    if (eventIdx) {
      U16.setRelease(memory, usedEventGpa(), (short) usedIdx);
    } else {
      U16.setRelease(memory, availGpa(), (short) 0);
    }
    VarHandle.fullFence();
    return hasUsed();
  }

  /** Asks for no interrupts. */
  public void suppressInterrupts() {
    if (!eventIdx) {
      U16.setRelease(memory, availGpa(), (short) 1);
    }
  }

  /** Wants the interrupt when slot {@code idx} is filled. */
  public void usedEvent(int idx) {
    U16.setRelease(memory, usedEventGpa(), (short) idx);
  }

  private long availGpa() {
    return base + 16L * size;
  }

  private long usedEventGpa() {
    return availGpa() + 4 + 2L * size;
  }

  private long usedGpa() {
    return (availGpa() + AvailRing.sizeBytes(size) + usedAlignment - 1) & -usedAlignment;
  }
}
