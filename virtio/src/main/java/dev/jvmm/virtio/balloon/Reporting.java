package dev.jvmm.virtio.balloon;

import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.virtio.device.ChainWorker;
import dev.jvmm.virtio.queue.DescriptorChain;
import dev.jvmm.virtio.queue.WritableSlices;

/**
 * The reporting queue: the guest does not use the memory of these buffers until it has them back
 * (virtio 1.2, 5.5.6.7). It finds zeros there then, so a guest that wants to find what it has
 * filled its free pages with keeps its memory.
 *
 * <p>Thread: confined to its runner.
 */
final class Reporting implements ChainWorker.Handler {

  /** Buffers a run: the other devices of the event loop want their turn. */
  static final int BATCH = 4;

  private final GuestMemory memory;
  private final BalloonSpace space;

  Reporting(GuestMemory memory, BalloonSpace space) {
    this.memory = memory;
    this.space = space;
  }

  @Override
  public int handle(DescriptorChain chain) {
    if (space.poisonVal() == 0) {
      discard(chain.writable());
    }
    return 0;
  }

  private void discard(WritableSlices pages) {
    for (int i = 0; i < pages.count(); i++) {
      memory.discard(pages.gpa(i), pages.length(i));
    }
  }
}
