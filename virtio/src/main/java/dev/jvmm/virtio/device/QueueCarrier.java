package dev.jvmm.virtio.device;

import dev.jvmm.core.event.Signal;
import dev.jvmm.virtio.queue.SplitVirtqueue;
import org.jspecify.annotations.Nullable;

/**
 * What carries the requests of one queue in place of a worker of ours: the host's kernel. The
 * driver's notifications reach it past us, and its interrupts reach the driver past us where the
 * transport can arrange that.
 *
 * <p>Thread: {@link #start}, {@link #stop} and {@link #listen} are confined to the thread of the
 * device's runner; {@link #interruptBy} is called on any thread, under the locks of a transport,
 * and calls nothing of ours; {@link #kick} never changes.
 */
public interface QueueCarrier {

  /** What is signalled when there is something in the queue: by the kernel, or by us. */
  Signal kick();

  /**
   * Has {@code rung} called for each kick while somebody of ours works on the queue; {@code null}
   * ends that. Never while it is carried.
   */
  void listen(@Nullable Runnable rung);

  /**
   * Takes a queue on.
   *
   * @param queue where it is and how far it has come; its listener is told on the runner's thread
   *     of what can't reach the driver directly
   * @param features what was negotiated
   * @return whether it could; if not, nothing of it is held
   */
  boolean start(SplitVirtqueue.HandOver queue, long features);

  /**
   * Lets go of a queue that was started: no memory of the guest is touched after.
   *
   * @return the slot of the available ring that comes next
   */
  int stop();

  /**
   * Says what interrupts the driver for this queue from now on; {@code null}: nothing does by
   * itself, so the listener is to be told. It counts at once, when it returns, and for every start
   * to come.
   */
  void interruptBy(@Nullable Signal signal);
}
