package dev.jvmm.virtio.balloon;

import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.virtio.device.QueueWorker;
import dev.jvmm.virtio.queue.DescriptorChain;
import dev.jvmm.virtio.queue.SplitVirtqueue;
import dev.jvmm.virtio.queue.WritableSlices;

/**
 * The reporting queue: the guest does not use the memory of these buffers until it has them back
 * (virtio 1.2, 5.5.6.7). It finds zeros there then, so a guest that wants to find what it has
 * filled its free pages with keeps its memory.
 *
 * <p>Thread: confined to its runner.
 */
final class ReportingWorker implements QueueWorker {

  /** Buffers a run: the other devices of the event loop want their turn. */
  private static final int BATCH = 4;

  private final SplitVirtqueue queue;
  private final GuestMemory memory;
  private final BalloonSpace space;

  ReportingWorker(SplitVirtqueue queue, GuestMemory memory, BalloonSpace space) {
    this.queue = queue;
    this.memory = memory;
    this.space = space;
  }

  @Override
  public int runOnce() {
    queue.suppressNotifications();
    int done = 0;
    while (done < BATCH) {
      DescriptorChain chain = queue.poll();
      if (chain == null) {
        break;
      }
      if (space.poisonVal() == 0) {
        discard(chain.writable());
      }
      queue.complete(chain, 0);
      done++;
    }
    queue.flush();
    return done == BATCH || queue.allowNotifications() ? Math.max(done, 1) : 0;
  }

  private void discard(WritableSlices pages) {
    for (int i = 0; i < pages.count(); i++) {
      memory.discard(pages.gpa(i), pages.length(i));
    }
  }

  @Override
  public void drain(Runnable drained) {
    drained.run();
  }
}
