package dev.jvmm.stress;

import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.memory.Region;
import dev.jvmm.virtio.queue.DescriptorChain;
import dev.jvmm.virtio.queue.QueueLimits;
import dev.jvmm.virtio.queue.QueueListener;
import dev.jvmm.virtio.queue.QueueRings;
import dev.jvmm.virtio.queue.SplitVirtqueue;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;

/**
 * A queue of which the device has taken one request and the driver knows that nothing has come back
 * yet: the moment before each looks whether it may sleep. The device is the product's; the driver's
 * half is here, with the fence that the specification asks of it (virtio 1.2, 2.7.7 and 2.7.10).
 *
 * <p>Thread: one thread is the device, one the driver.
 */
abstract class RingState implements QueueListener {

  private static final VarHandle U16 =
      ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
  private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG;

  private static final int SIZE = 2;
  private static final int RAM_LONGS = 32;
  private static final long AVAIL = 64; // a cache line each
  private static final long USED = 128;
  private static final long IDX = 2;
  private static final long AVAIL_RING = AVAIL + 4;
  private static final long USED_EVENT = AVAIL_RING + 2 * SIZE;
  private static final long AVAIL_EVENT = USED + 4 + 8 * SIZE;

  private final MemorySegment ram = MemorySegment.ofArray(new long[RAM_LONGS]);
  private final SplitVirtqueue queue;
  private final DescriptorChain chain;
  private boolean interrupted;

  RingState(boolean eventIdx) {
    GuestMemory memory = new GuestMemory(List.of(new Region(0, ram)));
    QueueRings.Addresses addresses = new QueueRings.Addresses(SIZE, 0, AVAIL, USED);
    queue =
        new SplitVirtqueue(
            memory,
            Objects.requireNonNull(QueueRings.of(memory, SIZE, addresses)),
            new QueueLimits(SIZE, 1),
            new SplitVirtqueue.Options(eventIdx, false),
            this);
    ram.set(U64, 8, 1); // both descriptors: a byte at 0 to read
    ram.set(U64, 24, 1);
    put(AVAIL_RING + 2, 1);
    put(AVAIL + IDX, 1);
    put(USED_EVENT, -1); // no interrupt is wanted
    if (!eventIdx) {
      put(AVAIL, 1);
    }
    queue.suppressNotifications();
    chain = Objects.requireNonNull(queue.poll());
  }

  @Override
  public final void interrupt() {
    interrupted = true;
  }

  @Override
  public final void broken() {
    throw new AssertionError("this driver keeps the rules");
  }

  /** The device gives the request back; whether it interrupts the driver. */
  final boolean deviceCompletes() {
    queue.complete(chain, 0);
    queue.flush();
    return interrupted;
  }

  /** The driver wants an interrupt from now on; whether it sees that the request came back. */
  final boolean driverAllowsInterrupts(boolean eventIdx) {
    if (eventIdx) {
      put(USED_EVENT, 0);
    } else {
      put(AVAIL, 0);
    }
    VarHandle.fullFence();
    return get(USED + IDX) != 0;
  }

  /** The device wants a notification from now on; whether it sees another request. */
  final boolean deviceAllowsNotifications() {
    return queue.allowNotifications();
  }

  /** The driver has another request; whether it notifies the device of it. */
  final boolean driverPublishes(boolean eventIdx) {
    put(AVAIL + IDX, 2);
    VarHandle.fullFence();
    return eventIdx ? get(AVAIL_EVENT) == 1 : get(USED) == 0;
  }

  private void put(long at, int value) {
    U16.setRelease(ram, at, (short) value);
  }

  private int get(long at) {
    return (short) U16.getAcquire(ram, at);
  }
}
