package dev.jvmm.virtio.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.memory.Region;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;

/**
 * Rings of any content. The input: an octet of options (bit 0 EVENT_IDX, bit 1 INDIRECT_DESC, bit 2
 * a device that keeps some requests, then three bits the queue's size as a power of two), the
 * length of an image in 16 bits, the image, which begins with descriptor table, available ring and
 * used ring; then stores of 16 bits, each an address and a value, behind each of which the device
 * runs.
 */
class RingFuzzTest {

  private static final int MAX_CHAIN_BYTES = 0x8000;
  private static final int MAX_STORES = 256;

  /** A run takes no more; the rest is another run's, as with a device. */
  private static final int BATCH = 16;

  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  // Two regions with a hole, so that a buffer can end in no region, or in the other one.
  private static final long HIGH = 0x20_0000;
  private static final MemorySegment LOW_RAM =
      Arena.global().allocate(DriverSide.RAM_BYTES, 4096).asSlice(0, DriverSide.RAM_BYTES);
  private static final GuestMemory MEMORY =
      new GuestMemory(
          List.of(new Region(0, LOW_RAM), new Region(HIGH, Arena.global().allocate(0x1000, 4096))));

  @FuzzTest
  void walk(byte[] bytes) {
    FuzzInput input = new FuzzInput(bytes);
    LOW_RAM.asSlice(0, 0x1_0000).fill((byte) 0);
    Run run = new Run(input.u8());
    MEMORY.write(0, input.bytes(input.u16()));
    run.device();
    for (int i = 0; i < MAX_STORES && input.hasMore(); i++) {
      LOW_RAM.set(U16, input.u16(), (short) input.u16());
      run.device();
    }
    assertWorksAfterAReset();
  }

  private static void assertWorksAfterAReset() {
    DriverSide driver = new DriverSide(MEMORY, 0, 4, true);
    SplitVirtqueue queue = queue(driver.addresses(), true, true, Listener.DEAF);
    driver.add(DriverSide.Piece.readable(0x8000, 16), DriverSide.Piece.writable(HIGH, 16));
    driver.publish();
    DescriptorChain chain = Objects.requireNonNull(queue.poll());
    queue.complete(chain, 16);
    queue.flush();
    assertThat(driver.take()).isEqualTo(new DriverSide.Used(0, 16));
  }

  private static SplitVirtqueue queue(
      QueueRings.Addresses addresses, boolean eventIdx, boolean indirect, QueueListener listener) {
    int size = addresses.size();
    return new SplitVirtqueue(
        MEMORY,
        Objects.requireNonNull(QueueRings.of(MEMORY, size, addresses)),
        new QueueLimits(size, MAX_CHAIN_BYTES),
        new SplitVirtqueue.Options(eventIdx, indirect),
        listener);
  }

  /** Counts what it is told. */
  private static final class Listener implements QueueListener {

    static final QueueListener DEAF = new Listener();
    int broken;

    @Override
    public void interrupt() {}

    @Override
    public void broken() {
      broken++;
    }
  }

  /** A device that keeps some requests for later, and checks each. */
  private static final class Run {

    private final int size;
    private final boolean keeps;
    private final long availIdx;
    private final long usedIdx;
    private final Listener listener = new Listener();
    private final SplitVirtqueue queue;
    private final ArrayDeque<DescriptorChain> kept = new ArrayDeque<>();
    private long offered;
    private long taken;
    private long givenBack;
    private long published;

    Run(int options) {
      size = 1 << ((options >> 3) & 7);
      keeps = (options & 4) != 0;
      long avail = 16L * size;
      long used = (avail + AvailRing.sizeBytes(size) + 3) & -4;
      availIdx = avail + 2;
      usedIdx = used + 2;
      QueueRings.Addresses addresses = new QueueRings.Addresses(size, 0, avail, used);
      queue = queue(addresses, (options & 1) != 0, (options & 2) != 0, listener);
    }

    void device() {
      offered += (u16(availIdx) - offered) & 0xFFFF;
      queue.suppressNotifications();
      for (int i = 0; i < BATCH; i++) {
        DescriptorChain chain = queue.poll();
        if (chain == null) {
          break;
        }
        taken++;
        check(chain);
        if (keeps && (chain.head() & 1) != 0) {
          kept.add(chain);
        } else {
          giveBack(chain);
        }
      }
      if (kept.size() > size / 2) {
        giveBack(kept.removeLast());
      }
      queue.flush();
      checkUsedRing();
      checkCounts();
      queue.allowNotifications();
    }

    private void giveBack(DescriptorChain chain) {
      givenBack++;
      int length = Math.min(chain.writable().sizeBytes(), 8);
      queue.complete(chain, length);
    }

    /** What this run has given back, before the input can write over it. */
    private void checkUsedRing() {
      long before = published;
      published = givenBack + queue.badChains();
      if (published != before) {
        assertThat(u16(usedIdx)).as("given back").isEqualTo(published & 0xFFFF);
      }
      for (long i = Math.max(before, published - size); i < published; i++) {
        assertThat(u16(usedIdx + 2 + 8 * (i & (size - 1)))).as("head").isLessThan(size);
      }
    }

    private void checkCounts() {
      assertThat(kept).hasSizeLessThanOrEqualTo(size);
      assertThat(taken - givenBack).isEqualTo(kept.size());
      assertThat(listener.broken).isEqualTo(queue.isBroken() ? 1 : 0);
      assertThat(taken + queue.badChains()).isLessThanOrEqualTo(offered);
    }

    private void check(DescriptorChain chain) {
      int slices = chain.readable().count() + chain.writable().count();
      assertThat(slices).isLessThanOrEqualTo(size);
      assertThat(chain.sizeBytes()).isLessThanOrEqualTo(MAX_CHAIN_BYTES);
      check(chain.readable());
      check(chain.writable());
    }

    private static void check(Slices slices) {
      int bytes = 0;
      for (int i = 0; i < slices.count(); i++) {
        Region region = MEMORY.region(slices.gpa(i), slices.length(i));
        assertThat(region).isSameAs(slices.region(i));
        assertThat(slices.length(i)).isPositive();
        bytes += slices.length(i);
      }
      assertThat(bytes).isEqualTo(slices.sizeBytes());
    }

    private static int u16(long gpa) {
      return Short.toUnsignedInt(LOW_RAM.get(U16, gpa));
    }
  }
}
