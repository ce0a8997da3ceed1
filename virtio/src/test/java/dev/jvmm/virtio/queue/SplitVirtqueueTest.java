package dev.jvmm.virtio.queue;

import static dev.jvmm.virtio.queue.DriverSide.F_INDIRECT;
import static dev.jvmm.virtio.queue.DriverSide.F_NEXT;
import static dev.jvmm.virtio.queue.DriverSide.F_WRITE;
import static dev.jvmm.virtio.queue.DriverSide.Piece.readable;
import static dev.jvmm.virtio.queue.DriverSide.Piece.writable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.virtio.queue.DriverSide.Used;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SplitVirtqueueTest {

  private static final int SIZE = 8;
  private static final long RINGS = 0x1000;
  private static final long TABLE = 0x8000;
  private static final long DATA = 0x1_0000;
  private static final QueueLimits LIMITS = new QueueLimits(SIZE, 1 << 16);

  private final GuestMemory memory = DriverSide.ram();
  private final Listener listener = new Listener();
  private final DriverSide driver = new DriverSide(memory, RINGS, SIZE, true);
  private final SplitVirtqueue queue = queue(driver, true, true);

  @Test
  void poll_givesReadableThenWritableBytes() {
    memory.write(DATA, new byte[] {1, 2, 3, 4, 5});
    driver.add(readable(DATA, 2), readable(DATA + 2, 3), writable(DATA + 0x100, 4));
    driver.publish();

    DescriptorChain chain = polled();
    byte[] header = new byte[4];

    assertThat(chain.readable().sizeBytes()).isEqualTo(5);
    assertThat(chain.writable().sizeBytes()).isEqualTo(4);
    assertThat(chain.writable().gpa(0)).isEqualTo(DATA + 0x100);
    assertThat(chain.readable().read(1, header, 4)).isTrue();
    assertThat(header).containsExactly(2, 3, 4, 5);
  }

  @Test
  void read_isAllOrNothingForAnyNumbers() {
    driver.add(readable(DATA, 4));
    driver.publish();
    ReadableSlices readable = polled().readable();
    byte[] target = new byte[8];

    assertThat(readable.read(0, target, 5)).isFalse();
    assertThat(readable.read(4, target, 1)).isFalse();
    assertThat(readable.read(-1, target, 1)).isFalse();
    assertThat(readable.read(Long.MAX_VALUE, target, Integer.MAX_VALUE)).isFalse();
    assertThat(readable.read(4, target, 0)).isTrue();
  }

  @Test
  void write_crossesPiecesAndIsSeenByTheDriver() {
    driver.addIndirect(TABLE, writable(DATA, 2), writable(DATA + 0x100, 4));
    driver.publish();
    DescriptorChain chain = polled();

    assertThat(chain.writable().write(1, new byte[] {7, 8, 9}, 3)).isTrue();
    assertThat(chain.writable().write(4, new byte[] {7, 8, 9}, 3)).isFalse();
    queue.complete(chain, 4);
    queue.flush();

    assertThat(driver.take()).isEqualTo(new Used(0, 4));
    assertThat(bytes(DATA + 1, 1)).containsExactly(7);
    assertThat(bytes(DATA + 0x100, 2)).containsExactly(8, 9);
  }

  @Test
  void complete_isInvisibleBeforeFlush() {
    driver.add(readable(DATA, 1));
    driver.publish();

    queue.complete(polled(), 0);
    assertThat(driver.hasUsed()).isFalse();
    queue.flush();
    assertThat(driver.hasUsed()).isTrue();
  }

  @Test
  void complete_inAnyOrderAcrossTheWrapOfTheIndices() {
    for (int round = 0; round < 40_000; round++) {
      int first = driver.add(readable(DATA, 1));
      int second = driver.add(readable(DATA, 1));
      driver.publish();
      DescriptorChain a = polled();
      DescriptorChain b = polled();
      queue.complete(b, 0);
      queue.complete(a, 0);
      queue.flush();
      assertThat(Objects.requireNonNull(driver.take()).head()).isEqualTo(second);
      assertThat(Objects.requireNonNull(driver.take()).head()).isEqualTo(first);
    }
  }

  @Test
  void complete_twiceIsOurBug() {
    driver.add(readable(DATA, 1));
    driver.publish();
    DescriptorChain chain = polled();
    queue.complete(chain, 0);

    assertThatThrownBy(() -> queue.complete(chain, 0)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void walk_entersAnIndirectTableBehindDirectDescriptors() {
    driver.descriptorAt(TABLE, DATA, 3, F_WRITE, 0);
    driver.descriptor(0, DATA + 0x100, 5, F_NEXT, 1);
    driver.descriptor(1, TABLE, 16, F_INDIRECT | F_WRITE, 0);
    driver.offer(0);
    driver.publish();

    DescriptorChain chain = polled();

    assertThat(chain.readable().sizeBytes()).isEqualTo(5);
    assertThat(chain.writable().sizeBytes()).isEqualTo(3);
  }

  @Test
  void walk_takesAChainAsLongAsTheQueue() {
    DriverSide.Piece[] pieces = new DriverSide.Piece[SIZE];
    Arrays.fill(pieces, readable(DATA, 1));
    driver.addIndirect(TABLE, pieces);
    driver.publish();

    assertThat(polled().readable().count()).isEqualTo(SIZE);
  }

  @Test
  void walk_skipsWhatIsEmpty() {
    driver.add(readable(-1, 0), readable(DATA, 1));
    driver.publish();

    assertThat(polled().readable().count()).isEqualTo(1);
  }

  @Test
  void loop_goesBackUnused() {
    driver.descriptor(0, DATA, 1, F_NEXT, 1);
    driver.descriptor(1, DATA, 1, F_NEXT, 0);
    assertGoesBack();
  }

  @Test
  void descriptorThatLeadsToItself_goesBackUnused() {
    driver.descriptor(0, DATA, 0, F_NEXT, 0);
    assertGoesBack();
  }

  @Test
  void nextBeyondTheTable_goesBackUnused() {
    driver.descriptor(0, DATA, 1, F_NEXT, SIZE);
    assertGoesBack();
  }

  @Test
  void nextBeyondTheIndirectTable_goesBackUnused() {
    driver.descriptorAt(TABLE, DATA, 1, F_NEXT, 1);
    driver.descriptor(0, TABLE, 16, F_INDIRECT, 0);
    assertGoesBack();
  }

  @Test
  void indirectInsideIndirect_goesBackUnused() {
    driver.descriptorAt(TABLE, TABLE, 16, F_INDIRECT, 0);
    driver.descriptor(0, TABLE, 16, F_INDIRECT, 0);
    assertGoesBack();
  }

  @Test
  void indirectWithNext_goesBackUnused() {
    driver.descriptorAt(TABLE, DATA, 1, 0, 0);
    driver.descriptor(0, TABLE, 16, F_INDIRECT | F_NEXT, 1);
    assertGoesBack();
  }

  @Test
  void indirectOfNoWholeNumberOfDescriptors_goesBackUnused() {
    driver.descriptorAt(TABLE, DATA, 1, 0, 0);
    driver.descriptor(0, TABLE, 24, F_INDIRECT, 0);
    assertGoesBack();
  }

  @Test
  void indirectOfLengthZero_goesBackUnused() {
    driver.descriptor(0, TABLE, 0, F_INDIRECT, 0);
    assertGoesBack();
  }

  @Test
  void indirectOutsideRam_goesBackUnused() {
    driver.descriptor(0, DriverSide.RAM_BYTES - 16, 32, F_INDIRECT, 0);
    assertGoesBack();
  }

  @Test
  void indirectThatWasNotNegotiated_goesBackUnused() {
    DriverSide plain = new DriverSide(memory, 0x4000, SIZE, true);
    SplitVirtqueue direct = queue(plain, true, false);
    plain.addIndirect(TABLE, readable(DATA, 1));
    plain.publish();

    assertThat(direct.poll()).isNull();
    assertThat(direct.badChains()).isEqualTo(1);
  }

  @Test
  void indirectChainLongerThanTheQueue_goesBackUnused() {
    DriverSide.Piece[] pieces = new DriverSide.Piece[SIZE + 1];
    Arrays.fill(pieces, readable(DATA, 1));
    driver.addIndirect(TABLE, pieces);
    driver.publish();

    assertThat(queue.poll()).isNull();
    assertThat(queue.badChains()).isEqualTo(1);
  }

  @Test
  void bufferOutsideRam_goesBackUnused() {
    driver.descriptor(0, DriverSide.RAM_BYTES - 1, 2, 0, 0);
    assertGoesBack();
  }

  @Test
  void bufferAroundTheTopOfTheAddressSpace_goesBackUnused() {
    driver.descriptor(0, -8, 16, F_WRITE, 0);
    assertGoesBack();
  }

  @Test
  void moreBytesThanTheDeviceAllows_goesBackUnused() {
    driver.descriptor(0, DATA, 1 << 15, F_NEXT, 1);
    driver.descriptor(1, DATA, (1 << 15) + 1, 0, 0);
    assertGoesBack();
  }

  @Test
  void lengthOfFourGigabytes_goesBackUnused() {
    driver.descriptor(0, DATA, 0xFFFF_FFFFL, F_NEXT, 1);
    driver.descriptor(1, DATA, 0xFFFF_FFFFL, 0, 0);
    assertGoesBack();
  }

  @Test
  void readableBehindWritable_goesBackUnused() {
    driver.descriptor(0, DATA, 1, F_WRITE | F_NEXT, 1);
    driver.descriptor(1, DATA, 1, 0, 0);
    assertGoesBack();
  }

  @Test
  void badChains_doNotHideTheGoodOneBehind() {
    driver.addRaw(-1, 1, 0);
    int good = driver.add(readable(DATA, 1));
    driver.publish();

    assertThat(polled().head()).isEqualTo(good);
    queue.flush();
    assertThat(driver.take()).isEqualTo(new Used(0, 0));
  }

  @Test
  void availIdxThatJumps_breaksTheQueueOnce() {
    driver.publishIdx(SIZE + 1);

    assertThat(queue.poll()).isNull();
    assertThat(queue.poll()).isNull();
    assertThat(queue.isBroken()).isTrue();
    assertThat(listener.broken).isEqualTo(1);
  }

  @Test
  void availIdxThatGoesBack_breaksTheQueue() {
    driver.add(readable(DATA, 1));
    driver.publish();
    polled();
    driver.publishIdx(0);

    assertThat(queue.poll()).isNull();
    assertThat(queue.isBroken()).isTrue();
  }

  @Test
  void moreInFlightThanTheQueueHolds_breaksTheQueue() {
    driver.descriptor(0, DATA, 1, 0, 0);
    for (int i = 0; i <= SIZE; i++) {
      driver.offer(0);
    }
    driver.publishIdx(SIZE);
    for (int i = 0; i < SIZE; i++) {
      polled();
    }
    driver.publishIdx(SIZE + 1);

    assertThat(queue.poll()).isNull();
    assertThat(queue.isBroken()).isTrue();
  }

  @Test
  void headBeyondTheTable_breaksTheQueue() {
    driver.offer(SIZE);
    driver.publish();

    assertThat(queue.poll()).isNull();
    assertThat(queue.isBroken()).isTrue();
    queue.flush();
    assertThat(driver.hasUsed()).isFalse();
  }

  @Test
  void rings_mustBeAlignedRamOfAPossibleSize() {
    assertThat(rings(SIZE, 0x1000, 0x2000, 0x3000)).isNotNull();
    assertThat(rings(SIZE, 0x1008, 0x2000, 0x3000)).isNull();
    assertThat(rings(SIZE, 0x1000, 0x2001, 0x3000)).isNull();
    assertThat(rings(SIZE, 0x1000, 0x2000, 0x3002)).isNull();
    assertThat(rings(SIZE, DriverSide.RAM_BYTES - 16, 0x2000, 0x3000)).isNull();
    assertThat(rings(SIZE, 0x1000, -2, 0x3000)).isNull();
    assertThat(rings(SIZE, 0x1000, 0x2000, Long.MIN_VALUE)).isNull();
    assertThat(rings(0, 0x1000, 0x2000, 0x3000)).isNull();
    assertThat(rings(3, 0x1000, 0x2000, 0x3000)).isNull();
    assertThat(rings(2 * SIZE, 0x1000, 0x2000, 0x3000)).isNull();
    assertThat(rings(Integer.MIN_VALUE, 0x1000, 0x2000, 0x3000)).isNull();
  }

  @Test
  void largestQueue_works() {
    int size = QueueLimits.MAX_SIZE;
    QueueLimits limits = new QueueLimits(size, 1 << 16);
    DriverSide big = new DriverSide(memory, 0, size, true);
    QueueRings rings = Objects.requireNonNull(QueueRings.of(memory, size, big.addresses()));
    SplitVirtqueue bigQueue =
        new SplitVirtqueue(memory, rings, limits, new SplitVirtqueue.Options(true, true), listener);
    for (int i = 0; i < size; i++) {
      big.add(readable(DriverSide.RAM_BYTES - 1, 1));
    }
    big.publish();

    for (int i = 0; i < size; i++) {
      assertThat(bigQueue.poll()).isNotNull();
    }
    assertThat(bigQueue.poll()).isNull();
    assertThat(bigQueue.isBroken()).isFalse();
  }

  @Test
  void flush_interruptsAtUsedEventOnly() {
    driver.usedEvent(1);
    serveOne();
    assertThat(listener.interrupts).isZero();
    serveOne();
    assertThat(listener.interrupts).isEqualTo(1);
    serveOne();
    assertThat(listener.interrupts).isEqualTo(1);
  }

  @Test
  void flush_withNothingNewInterruptsNobody() {
    queue.flush();
    assertThat(listener.interrupts).isZero();
  }

  @Test
  void flush_withoutEventIdxHeedsTheFlag() {
    DriverSide plain = new DriverSide(memory, 0x4000, SIZE, false);
    SplitVirtqueue flags = queue(plain, false, true);
    plain.suppressInterrupts();
    plain.add(readable(DATA, 1));
    plain.add(readable(DATA, 1));
    plain.publish();

    flags.complete(Objects.requireNonNull(flags.poll()), 0);
    flags.flush();
    assertThat(listener.interrupts).isZero();
    plain.allowInterrupts();
    flags.complete(Objects.requireNonNull(flags.poll()), 0);
    flags.flush();
    assertThat(listener.interrupts).isEqualTo(1);
  }

  @Test
  void notifications_areSuppressedDuringARun() {
    queue.allowNotifications();
    driver.add(readable(DATA, 1));
    assertThat(driver.publish()).isTrue();
    queue.suppressNotifications();
    driver.add(readable(DATA, 1));
    assertThat(driver.publish()).isFalse();

    assertThat(queue.allowNotifications()).isTrue();
  }

  @Test
  void notifications_withoutEventIdxGoByTheFlag() {
    DriverSide plain = new DriverSide(memory, 0x4000, SIZE, false);
    SplitVirtqueue flags = queue(plain, false, true);
    flags.suppressNotifications();
    plain.add(readable(DATA, 1));
    assertThat(plain.publish()).isFalse();
    assertThat(flags.allowNotifications()).isTrue();
    plain.add(readable(DATA, 1));
    assertThat(plain.publish()).isTrue();
  }

  @Test
  void poll_neverThrowsWhateverIsInTheRings() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 2_000; round++) {
      DriverSide wild = new DriverSide(memory, RINGS, SIZE, true);
      SplitVirtqueue victim = queue(wild, true, true);
      for (int i = 0; i < SIZE; i++) {
        long gpa = random.nextInt(4) == 0 ? random.nextLong() : RINGS + random.nextInt(0x8000);
        int length = random.nextInt() >>> random.nextInt(32);
        wild.descriptor(i, gpa, length, random.nextInt(8), random.nextInt(SIZE + 1));
        wild.offer(random.nextInt(SIZE + round % 2));
      }
      wild.publishIdx(random.nextInt(SIZE + 2));
      assertThat(outcome(victim, random)).as("seed %d", seed).isEqualTo("bounded");
    }
  }

  private String outcome(SplitVirtqueue victim, Random random) {
    DescriptorChain chain;
    int polls = 0;
    while (polls <= SIZE && (chain = victim.poll()) != null) {
      polls++;
      int filled = Math.min(chain.writable().sizeBytes(), 64);
      byte[] bytes = new byte[64];
      random.nextBytes(bytes);
      chain.writable().write(0, bytes, filled);
      chain.readable().read(0, bytes, Math.min(chain.readable().sizeBytes(), 64));
      victim.complete(chain, filled);
    }
    victim.flush();
    return "bounded";
  }

  private void assertGoesBack() {
    driver.offer(0);
    driver.publish();

    assertThat(queue.poll()).isNull();
    queue.flush();
    assertThat(queue.badChains()).isEqualTo(1);
    assertThat(queue.isBroken()).isFalse();
    assertThat(driver.hasUsed()).isTrue();
    assertThat(bytes(usedElement(), 8)).containsOnly(0);
  }

  private long usedElement() {
    return driver.addresses().used() + 4;
  }

  private void serveOne() {
    driver.add(readable(DATA, 1));
    driver.publish();
    queue.complete(polled(), 0);
    queue.flush();
    driver.take();
  }

  private DescriptorChain polled() {
    return Objects.requireNonNull(queue.poll());
  }

  private byte[] bytes(long gpa, int length) {
    byte[] bytes = new byte[length];
    memory.read(gpa, bytes);
    return bytes;
  }

  private @Nullable QueueRings rings(int size, long descriptors, long avail, long used) {
    return QueueRings.of(memory, SIZE, new QueueRings.Addresses(size, descriptors, avail, used));
  }

  private SplitVirtqueue queue(DriverSide side, boolean eventIdx, boolean indirect) {
    return new SplitVirtqueue(
        memory,
        Objects.requireNonNull(QueueRings.of(memory, SIZE, side.addresses())),
        LIMITS,
        new SplitVirtqueue.Options(eventIdx, indirect),
        listener);
  }

  private static final class Listener implements QueueListener {

    private int interrupts;
    private int broken;

    @Override
    public void interrupt() {
      interrupts++;
    }

    @Override
    public void broken() {
      broken++;
    }
  }
}
