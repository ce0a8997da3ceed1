package dev.jvmm.virtio.console;

import dev.jvmm.virtio.device.QueueWorker;
import dev.jvmm.virtio.queue.DescriptorChain;
import dev.jvmm.virtio.queue.SplitVirtqueue;

/**
 * The control transmit queue: what the driver says of its ports.
 *
 * <p>Thread: confined to the event loop.
 */
final class ControlReceiver implements QueueWorker {

  /** Messages a run: the other devices of the event loop want their turn. */
  private static final int BATCH = 32;

  private final ConsoleRun run;
  private final SplitVirtqueue queue;
  private final byte[] message = new byte[Control.HEADER_BYTES];

  ControlReceiver(ConsoleRun run, SplitVirtqueue queue) {
    this.run = run;
    this.queue = queue;
  }

  @Override
  public int runOnce() {
    run.begin();
    queue.suppressNotifications();
    int done = 0;
    while (done < BATCH) {
      DescriptorChain chain = queue.poll();
      if (chain == null) {
        break;
      }
      if (chain.readable().read(0, message, Control.HEADER_BYTES)) { // copied once, then looked at
        run.told(Control.port(message), Control.event(message), Control.value(message));
      } else {
        run.ignored();
      }
      queue.complete(chain, 0);
      done++;
    }
    queue.flush();
    return done == BATCH || queue.allowNotifications() ? Math.max(done, 1) : 0;
  }

  @Override
  public void drain(Runnable drained) {
    drained.run();
  }
}
