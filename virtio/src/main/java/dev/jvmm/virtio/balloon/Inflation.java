package dev.jvmm.virtio.balloon;

import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.virtio.device.ChainWorker;
import dev.jvmm.virtio.queue.DescriptorChain;
import dev.jvmm.virtio.queue.ReadableSlices;
import java.util.Arrays;

/**
 * The inflate queue: lists of page numbers that the guest gives up (virtio 1.2, 5.5.6). Pages that
 * lie beside each other go back in one piece, since each piece costs the host a call and every CPU
 * a flush.
 *
 * <p>The numbers are the guest's: what is not RAM, from end to end, is left alone. A page that the
 * guest still uses, as a ring or for its kernel, reads zero then; that harms the guest alone.
 *
 * <p>Thread: confined to its runner.
 */
final class Inflation implements ChainWorker.Handler {

  /** Pages are of this size here, whatever the guest's or the host's are (5.5.6). */
  static final int PAGE_SHIFT = 12;

  private static final int PFN_BYTES = 4;

  /** Page numbers that are sorted at once; what Linux sends at once. */
  private static final int PIECE = 256;

  /** Lists a run: the other devices of the event loop want their turn. */
  static final int BATCH = 4;

  private final GuestMemory memory;
  private final byte[] bytes = new byte[PIECE * PFN_BYTES];
  private final long[] pfns = new long[PIECE];

  Inflation(GuestMemory memory) {
    this.memory = memory;
  }

  @Override
  public int handle(DescriptorChain chain) {
    inflate(chain.readable());
    return 0;
  }

  private void inflate(ReadableSlices list) {
    int whole = list.sizeBytes() / PFN_BYTES * PFN_BYTES;
    for (int from = 0; from < whole; from += bytes.length) {
      int length = Math.min(bytes.length, whole - from);
      list.read(from, bytes, length); // copied once; then it is ours
      int count = length / PFN_BYTES;
      for (int i = 0; i < count; i++) {
        pfns[i] = pfn(i * PFN_BYTES);
      }
      Arrays.sort(pfns, 0, count);
      discard(count);
    }
  }

  private void discard(int count) {
    int start = 0;
    for (int i = 1; i <= count; i++) {
      if (i == count || pfns[i] - pfns[i - 1] > 1) {
        long pages = pfns[i - 1] - pfns[start] + 1;
        memory.discard(pfns[start] << PAGE_SHIFT, pages << PAGE_SHIFT);
        start = i;
      }
    }
  }

  private long pfn(int at) {
    return (bytes[at] & 0xFF)
        | (bytes[at + 1] & 0xFF) << 8
        | (bytes[at + 2] & 0xFF) << 16
        | (bytes[at + 3] & 0xFFL) << 24;
  }
}
