package dev.jvmm.virtio.console;

import dev.jvmm.virtio.device.ChainWorker;
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
  private final ChainWorker messages;
  private final byte[] message = new byte[Control.HEADER_BYTES];

  ControlReceiver(ConsoleRun run, SplitVirtqueue queue) {
    this.run = run;
    this.messages = new ChainWorker(queue, BATCH, this::receive);
  }

  @Override
  public int runOnce() {
    run.begin();
    return messages.runOnce();
  }

  private int receive(DescriptorChain chain) {
    if (chain.readable().read(0, message, Control.HEADER_BYTES)) { // copied once, then looked at
      run.told(Control.port(message), Control.event(message), Control.value(message));
    } else {
      run.ignored();
    }
    return 0;
  }

  @Override
  public void drain(Runnable drained) {
    messages.drain(drained);
  }
}
