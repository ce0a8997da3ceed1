package dev.jvmm.core.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GuestMemoryTest {

  private static final long HIGH = 4L << 30;

  private final Arena arena = Arena.ofAuto();
  private final MemorySegment low = arena.allocate(0x4000, 4096);
  private final MemorySegment high = arena.allocate(0x2000, 4096);
  private final GuestMemory memory =
      new GuestMemory(List.of(new Region(HIGH, high), new Region(0, low)));

  @Test
  void slice_isTheMemoryBehindTheAddress() {
    low.set(ValueLayout.JAVA_BYTE, 0x123, (byte) 42);
    high.set(ValueLayout.JAVA_BYTE, 0x10, (byte) 43);

    assertThat(memory.slice(0x123, 1)).satisfies(s -> assertThat(byteOf(s)).isEqualTo((byte) 42));
    assertThat(memory.slice(HIGH + 0x10, 1))
        .satisfies(s -> assertThat(byteOf(s)).isEqualTo((byte) 43));
    assertThat(memory.slice(0, 0x4000)).isNotNull();
  }

  @Test
  void discard_reachesThePagesOfRamAlone() {
    List<String> discarded = new ArrayList<>();
    HostPages pages =
        (offset, length) -> {
          discarded.add(offset + "+" + length);
          return length;
        };
    GuestMemory ram = new GuestMemory(List.of(new Region(0, low), new Region(HIGH, high, pages)));

    assertThat(ram.discard(HIGH + 0x1000, 0x1000)).isEqualTo(0x1000);
    assertThat(ram.discard(0, 0x1000)).isZero();
    assertThat(ram.discard(HIGH + 0x1000, 0x2000)).isZero();
    assertThat(ram.discard(HIGH - 0x1000, 0x2000)).isZero();
    assertThat(ram.discard(-0x1000, 0x2000)).isZero();
    assertThat(ram.discard(Long.MAX_VALUE - 0xFFF, 0x1000)).isZero();
    assertThat(discarded).containsExactly("4096+4096");
  }

  @Test
  void slice_isNullWhereNotAllIsRam() {
    assertThat(memory.slice(0x3FFF, 2)).isNull();
    assertThat(memory.slice(0x4000, 1)).isNull();
    assertThat(memory.slice(HIGH - 1, 2)).isNull();
    assertThat(memory.slice(-1, 1)).isNull();
    assertThat(memory.slice(Long.MAX_VALUE, 2)).isNull();
    assertThat(memory.slice(0, Long.MAX_VALUE)).isNull();
    assertThat(memory.slice(0, -1)).isNull();
  }

  @Test
  void region_holdsTheRangeFromEndToEnd() {
    assertThat(memory.region(0x3FFF, 1)).isEqualTo(new Region(0, low));
    assertThat(memory.region(HIGH, 0x2000)).isEqualTo(new Region(HIGH, high));
    assertThat(memory.region(0x3FFF, 2)).isNull();
    assertThat(memory.region(0, -1)).isNull();
  }

  @Test
  void slice_neverThrowsWhateverTheGuestPicks() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      long gpa = random.nextLong() >> random.nextInt(64);
      long length = random.nextLong() >> random.nextInt(64);
      MemorySegment slice = memory.slice(gpa, length);
      if (slice != null) {
        assertThat(slice.byteSize()).as("seed %d", seed).isEqualTo(length);
      }
    }
  }

  @Test
  void write_copiesAllOrNothing() {
    assertThat(memory.write(0x3FFE, new byte[] {1, 2, 3})).isFalse();
    assertThat(memory.write(0x3FFD, new byte[] {1, 2, 3})).isTrue();

    byte[] back = new byte[3];
    assertThat(memory.read(0x3FFD, back)).isTrue();
    assertThat(back).containsExactly(1, 2, 3);
    assertThat(memory.read(0x3FFE, back)).isFalse();
  }

  @Test
  void regions_mayNotOverlap() {
    assertThatThrownBy(() -> new GuestMemory(List.of(new Region(0, low), new Region(0x3000, high))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void sizeBytes_isTheSumOfTheRegions() {
    assertThat(memory.sizeBytes()).isEqualTo(0x6000);
  }

  private static byte byteOf(MemorySegment segment) {
    return segment.get(ValueLayout.JAVA_BYTE, 0);
  }
}
