package dev.jvmm.virtio.console;

import dev.jvmm.virtio.device.QueueWorker;
import dev.jvmm.virtio.queue.DescriptorChain;
import dev.jvmm.virtio.queue.SplitVirtqueue;

/**
 * The control receive queue: tells the driver what has come of its ports.
 *
 * <p>Thread: confined to the event loop.
 */
final class ControlSender implements QueueWorker {

  /** Messages a run: the other devices of the event loop want their turn. */
  private static final int BATCH = 32;

  private final ConsoleRun run;
  private final SplitVirtqueue queue;
  private final byte[] message = new byte[Control.HEADER_BYTES + PortConfig.MAX_NAME_BYTES];

  ControlSender(ConsoleRun run, SplitVirtqueue queue) {
    this.run = run;
    this.queue = queue;
  }

  @Override
  public int runOnce() {
    run.begin();
    queue.suppressNotifications();
    int done = 0;
    while (done < BATCH) {
      Announcements next = run.nextToTell();
      if (next == null) {
        queue.flush();
        return 0; // who has something to tell wakes us; the driver's buffers can wait
      }
      DescriptorChain buffer = queue.poll();
      if (buffer == null) {
        break;
      }
      tell(next, buffer);
      done++;
    }
    queue.flush();
    return done == BATCH || queue.allowNotifications() ? Math.max(done, 1) : 0;
  }

  /** A buffer that is too small for the message goes back empty, and the message is lost. */
  private void tell(Announcements port, DescriptorChain buffer) {
    int length = port.next(message);
    boolean fits = buffer.writable().write(0, message, length);
    queue.complete(buffer, fits ? length : 0);
  }

  @Override
  public void drain(Runnable drained) {
    drained.run();
  }
}
