package dev.jvmm.virtio.queue;

import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.trace.Origin;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The device's end of a split virtqueue (virtio 1.2, 2.7), with or without EVENT_IDX and
 * INDIRECT_DESC. Not offered: IN_ORDER, NOTIFICATION_DATA, packed rings.
 *
 * <p>A worker's run: {@link #suppressNotifications}, then {@link #poll} and {@link #complete} up to
 * a bound, {@link #flush}, and when nothing is left {@link #allowNotifications}. A chain may be
 * completed in a later run, in any order.
 *
 * <p>What the driver does wrong: a chain against the rules goes back with length 0 and is counted;
 * an index against the rules leaves nothing to go on with, so the queue is broken.
 *
 * <p>Thread: confined to its worker. The guest is at the same memory all the time.
 */
public final class SplitVirtqueue {

  /**
   * How many slices the chains at rest keep room for, 1 MiB in all; the attack that it stops: a
   * burst of the longest chains, after which we would hold the memory for ever.
   */
  private static final int SLICES_AT_REST = 65536;

  private final GuestMemory memory;
  private final QueueRings rings;
  private final AvailRing avail;
  private final UsedRing used;
  private final ChainWalk walk;
  private final boolean eventIdx;
  private final QueueListener listener;
  private final ArrayDeque<DescriptorChain> atRest = new ArrayDeque<>();
  private int slicesAtRest;

  // Positions are free-running 16-bit numbers, as in the rings.
  private int availSeen; // the driver's index when we last looked
  private int availNext; // the next slot to take
  private int usedNext; // the next slot to fill
  private int usedPublished; // what the driver knows of
  private Origin origin = Origin.NOWHERE;
  private boolean broken;
  private long badChains;

  /** What was negotiated and is true of every queue of a device. */
  public record Options(boolean eventIdx, boolean indirect) {}

  /**
   * A queue as somebody else goes on with it.
   *
   * @param rings where its parts are
   * @param next the slot of the available ring that comes next
   * @param listener the way to the driver, from the thread that the queue was confined to
   */
  public record HandOver(QueueRings rings, int next, QueueListener listener) {}

  /**
   * A queue at its start, all indices 0.
   *
   * @param memory where the driver's buffers are
   * @param rings the checked rings
   */
  public SplitVirtqueue(
      GuestMemory memory,
      QueueRings rings,
      QueueLimits limits,
      Options options,
      QueueListener listener) {
    this.memory = memory;
    this.rings = rings;
    this.avail = new AvailRing(rings.avail(), rings.size());
    this.used = new UsedRing(rings.used(), rings.size());
    this.walk = new ChainWalk(memory, rings, options.indirect(), limits);
    this.eventIdx = options.eventIdx();
    this.listener = listener;
  }

  /** Says whose queue it is, before anyone works on it. */
  public void origin(Origin whose) {
    origin = whose;
  }

  /** Whose queue it is, for recordings. */
  public Origin origin() {
    return origin;
  }

  /** How many descriptors it has. */
  public int size() {
    return rings.size();
  }

  /** How many chains went back unused because they broke a rule. */
  public long badChains() {
    return badChains;
  }

  /** Whether the driver has broken the ring: nothing comes out any more until a reset. */
  public boolean isBroken() {
    return broken;
  }

  /**
   * The next request, the caller's until {@link #complete}; {@code null} when there is none now.
   * Chains against the rules go back on the way, at most a queue's size of them at once.
   */
  public @Nullable DescriptorChain poll() {
    for (int i = 0; i < rings.size(); i++) {
      if (!hasNext()) {
        return null;
      }
      int head = avail.head(availNext);
      if (head >= rings.size()) {
        breakDown(); // its place in the used ring can't be named
        return null;
      }
      availNext = (availNext + 1) & 0xFFFF;
      DescriptorChain chain = takeFromRest();
      chain.begin(head);
      if (walk.walk(chain)) {
        return chain;
      }
      badChains++;
      complete(chain, 0);
    }
    return null;
  }

  /**
   * Gives a request back. The driver learns of it at the next {@link #flush}.
   *
   * @param writtenBytes how many bytes from the start of its writable part we have filled
   */
  public void complete(DescriptorChain chain, int writtenBytes) {
    if (!chain.end()) {
      throw new IllegalStateException("completed twice: head " + chain.head());
    }
    chain.writable().written(memory, writtenBytes);
    used.put(usedNext, chain.head(), writtenBytes);
    usedNext = (usedNext + 1) & 0xFFFF;
    putToRest(chain);
  }

  /** Shows the driver all that was completed, and interrupts it if it wants that. */
  public void flush() {
    if (usedNext == usedPublished) {
      return;
    }
    int before = usedPublished;
    used.publishIdxRelease(usedNext);
    usedPublished = usedNext;
    memory.written(rings.usedGpa(), rings.used().byteSize());
    // The driver writes used_event (or the flags), then looks at the used index once more and
    // sleeps if it is old. Without the fence our load could pass our store: we see the old
    // used_event, it sees the old index, and both wait for ever. x86 gives no such order.
    VarHandle.fullFence();
    if (wantsInterrupt(before)) {
      listener.interrupt();
    }
  }

  /** Asks the driver not to notify while we look by ourselves (2.7.10). */
  public void suppressNotifications() {
    // With EVENT_IDX, avail_event stays where the last notification was, and that is far behind.
    if (!eventIdx) {
      used.flags(UsedRing.FLAG_NO_NOTIFY);
      memory.written(rings.usedGpa(), rings.used().byteSize());
    }
  }

  /**
   * Asks for a notification of what comes from now on, and looks once more.
   *
   * @return whether something has come already, of which no notification may tell
   */
  public boolean allowNotifications() {
    if (eventIdx) {
      used.availEvent(availNext);
    } else {
      used.flags(0);
    }
    memory.written(rings.usedGpa(), rings.used().byteSize());
    // The mirror image of the fence in flush: the driver publishes its index, then reads
    // avail_event and sleeps if it is old; we must not have read the index before that.
    VarHandle.fullFence();
    return hasNext();
  }

  /**
   * What somebody else needs to work on this queue in our place, as the host's kernel does. Until
   * {@link #takeBack} nothing else of the queue is called.
   */
  public HandOver handOver() {
    return new HandOver(rings, availNext, listener);
  }

  /**
   * Nobody else works on it any more, and all that was taken has been given back.
   *
   * @param next the slot of the available ring that comes next, of 16 bits
   */
  public void takeBack(int next) {
    availNext = next & 0xFFFF;
    availSeen = availNext;
    usedNext = availNext;
    usedPublished = availNext;
  }

  private boolean hasNext() {
    if (broken) {
      return false;
    }
    if (availNext != availSeen) {
      return true;
    }
    int idx = avail.idxAcquire();
    // What the driver has made available and has not got back yet fits the queue. More, or an
    // index that went back, is a broken ring, and would let it hold any number of our chains.
    int inFlight = (availNext - usedPublished) & 0xFFFF;
    if (((idx - availNext) & 0xFFFF) > rings.size() - inFlight) {
      breakDown();
      return false;
    }
    availSeen = idx;
    return availNext != availSeen;
  }

  private boolean wantsInterrupt(int before) {
    if (!eventIdx) {
      return (avail.flags() & AvailRing.FLAG_NO_INTERRUPT) == 0;
    }
    // Whether used_event is among the slots that were just filled (2.7.7.2).
    int behind = (usedPublished - avail.usedEvent() - 1) & 0xFFFF;
    return behind < ((usedPublished - before) & 0xFFFF);
  }

  private void breakDown() {
    broken = true;
    listener.broken();
  }

  private DescriptorChain takeFromRest() {
    DescriptorChain chain = atRest.pollLast();
    if (chain == null) {
      return new DescriptorChain();
    }
    slicesAtRest -= chain.capacity();
    return chain;
  }

  private void putToRest(DescriptorChain chain) {
    if (slicesAtRest + chain.capacity() > SLICES_AT_REST) {
      chain.trim();
    }
    slicesAtRest += chain.capacity();
    atRest.addLast(chain);
  }
}
