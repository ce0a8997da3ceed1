package dev.jvmm.vhost;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.event.Signal;
import dev.jvmm.core.host.EventSignal;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.linux.LinuxException;
import dev.jvmm.linux.vhost.VringAddresses;
import dev.jvmm.virtio.device.QueueCarrier;
import dev.jvmm.virtio.queue.QueueListener;
import dev.jvmm.virtio.queue.QueueRings;
import dev.jvmm.virtio.queue.SplitVirtqueue;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A queue that the kernel works on. It waits for the guest's notification itself, and interrupts by
 * itself while it is told how; else it signals us, and we do it.
 *
 * <p>Thread: as {@link QueueCarrier} says. The monitor, a leaf, guards by what the kernel
 * interrupts.
 */
final class VhostRing implements QueueCarrier, AutoCloseable {

  private final VhostDevice device;
  private final int number;
  private final GuestMemory memory;
  private final EventLoop loop;
  private final Work work;
  private final EventSignal kick = new EventSignal();
  private final EventSignal call = new EventSignal(); // to us
  private final EventSignal error = new EventSignal();
  private EventLoop.@Nullable Registration kicks;
  private EventLoop.@Nullable Registration calls;
  private EventLoop.@Nullable Registration errors;
  private @Nullable Signal direct;
  private boolean started;

  /** Looked for at the first line: the search opens every jar of the module path. */
  private static final class Log {
    private static final Logger LOG = System.getLogger(VhostRing.class.getName());
  }

  /** What makes the kernel work on a ring that is set up. */
  interface Work {

    /** Adds to what the driver has taken what only the kernel is told. */
    long features(long negotiated);

    /**
     * Begins.
     *
     * @throws LinuxException if the kernel refuses
     */
    void begin(int ring);

    /** Ends, and waits for what is in flight. */
    void end(int ring);
  }

  /**
   * A ring that nobody works on.
   *
   * @param number which of the device's
   * @param memory the guest's
   * @param loop hears what the kernel can't tell the guest
   */
  VhostRing(VhostDevice device, int number, GuestMemory memory, EventLoop loop, Work work) {
    this.device = device;
    this.number = number;
    this.memory = memory;
    this.loop = loop;
    this.work = work;
  }

  @Override
  public Signal kick() {
    return kick;
  }

  @Override
  public void listen(@Nullable Runnable rung) {
    if (kicks != null) {
      kicks.close();
      kicks = null;
    }
    if (rung != null) {
      kicks = watch(kick, rung);
    }
  }

  @Override
  public boolean start(SplitVirtqueue.HandOver queue, long features) {
    try {
      device.prepare(memory, work.features(features));
    } catch (LinuxException e) {
      return refused(e);
    }
    try {
      setUp(queue.rings(), queue.next());
      connect(queue.listener());
      work.begin(number);
      return true;
    } catch (LinuxException e) {
      release();
      return refused(e);
    }
  }

  /** What was checked already the kernel refuses only if it is short of something. */
  private static boolean refused(LinuxException e) {
    Log.LOG.log(Level.DEBUG, "a queue can''t be carried: {0}", e.getMessage());
    return false;
  }

  private void setUp(QueueRings rings, int next) {
    VringAddresses addresses =
        new VringAddresses(
            rings.descriptors().address(), rings.avail().address(), rings.used().address());
    device.check(device.vhost().trySetSize(number, rings.size()), "VHOST_SET_VRING_NUM");
    device.check(device.vhost().trySetBase(number, next), "VHOST_SET_VRING_BASE");
    device.check(device.vhost().trySetAddresses(number, addresses), "VHOST_SET_VRING_ADDR");
  }

  private void connect(QueueListener listener) {
    calls = watch(call, listener::interrupt);
    errors = watch(error, listener::broken);
    device.check(device.vhost().trySetKick(number, kick.event()), "VHOST_SET_VRING_KICK");
    device.check(device.vhost().trySetError(number, error.event()), "VHOST_SET_VRING_ERR");
    synchronized (this) {
      started = true;
      tellCall();
    }
  }

  /** Never drains: each further signal is a new edge, and a counter of 64 bits has room. */
  private EventLoop.Registration watch(EventSignal signal, Runnable action) {
    return loop.register(
        signal.event().fd(), EventLoop.READ | EventLoop.EDGE, events -> action.run());
  }

  @Override
  public int stop() {
    work.end(number);
    int next = device.vhost().tryBase(number);
    release();
    return Math.max(next, 0);
  }

  private void release() {
    synchronized (this) {
      started = false;
    }
    device.vhost().trySetKick(number, null);
    device.vhost().trySetCall(number, null);
    device.vhost().trySetError(number, null);
    calls = closed(calls);
    errors = closed(errors);
    device.done();
  }

  private static EventLoop.@Nullable Registration closed(
      EventLoop.@Nullable Registration registration) {
    if (registration != null) {
      registration.close();
    }
    return null;
  }

  @Override
  public synchronized void interruptBy(@Nullable Signal signal) {
    if (!Objects.equals(direct, signal)) {
      direct = signal;
      if (started) {
        tellCall();
      }
    }
  }

  private void tellCall() {
    EventSignal now = direct instanceof EventSignal signal ? signal : call;
    int result = device.vhost().trySetCall(number, now.event());
    if (result < 0) {
      Log.LOG.log(
          Level.WARNING,
          "a queue''s interrupts are lost: {0}",
          new LinuxException("VHOST_SET_VRING_CALL", device.vhost().name(), -result).getMessage());
    }
  }

  /** After the device that it belongs to has been reset, and its doorbells closed. */
  @Override
  public void close() {
    listen(null);
    kick.close();
    call.close();
    error.close();
  }
}
