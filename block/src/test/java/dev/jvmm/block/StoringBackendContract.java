package dev.jvmm.block;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a disk does that keeps what is written. */
abstract class StoringBackendContract extends BlockBackendContract {

  @Test
  void newDisk_readsZero() {
    assertThat(read(0, SIZE)).containsOnly((byte) 0);
  }

  @Test
  void write_isRead_byAnyCutOfTheMemory() {
    MemorySegment memory = memory(8192);
    new Random(1).ints(8192).forEach(i -> memory.set(JAVA_BYTE, i & 8191, (byte) i));

    assertThat(
            driver.write(
                SIZE - 8192,
                memory.asSlice(0, 100),
                memory.asSlice(100, 5000),
                memory.asSlice(5100)))
        .isZero();

    assertThat(read(SIZE - 8192, 8192)).isEqualTo(memory.toArray(JAVA_BYTE));
    MemorySegment odd = memory(9000).asSlice(3, 8192);
    assertThat(driver.read(SIZE - 8192, odd.asSlice(0, 1), odd.asSlice(1))).isZero();
    assertThat(odd.toArray(JAVA_BYTE)).isEqualTo(memory.toArray(JAVA_BYTE));
  }

  @Test
  void writeZeroes_readsZero() {
    assertThat(driver.write(0, filled(16384, 7))).isZero();
    assertThat(driver.run(r -> r.writeZeroes(512, 1024, false))).isZero();
    assertThat(driver.run(r -> r.writeZeroes(4096, 8192, true))).isZero();

    byte[] expected = new byte[16384];
    Arrays.fill(expected, (byte) 7);
    Arrays.fill(expected, 512, 1536, (byte) 0);
    Arrays.fill(expected, 4096, 12288, (byte) 0);
    assertThat(read(0, 16384)).isEqualTo(expected);
  }

  @Test
  void discard_leavesTheNeighboursAlone() {
    assertThat(driver.write(0, filled(16384, 7))).isZero();
    assertThat(driver.run(r -> r.discard(4096, 4096))).isZero();

    assertThat(read(0, 4096)).containsOnly((byte) 7);
    assertThat(read(8192, 8192)).containsOnly((byte) 7);
  }

  /** Each sector of a few blocks by a request of its own, all under way at once. */
  @Test
  void sectorsOfOneBlock_doNotUndoEachOther() {
    List<Integer> outcomes = new ArrayList<>();
    List<BlockRequest> requests = new ArrayList<>();
    byte[] expected = new byte[128 * 512];
    for (int sector = 0; sector < 128; sector++) {
      Arrays.fill(expected, sector * 512, (sector + 1) * 512, (byte) (sector + 1));
      BlockRequest request = new BlockRequest(1, (r, errno) -> outcomes.add(errno));
      request.write(sector * 512L).addSegment(filled(512, sector + 1));
      requests.add(request);
    }

    loop.invoke(() -> requests.forEach(disk::submit));
    disk.drain();

    assertThat(outcomes).hasSize(128).containsOnly(0);
    assertThat(read(0, expected.length)).isEqualTo(expected);
  }

  @Test
  void randomRequests_matchAModel() {
    long seed = Long.getLong("jvmm.seed", System.nanoTime());
    System.out.println("jvmm.seed=" + seed);
    Random random = new Random(seed);
    byte[] model = new byte[SIZE];
    MemorySegment memory = memory(40_960);
    for (int i = 0; i < 300; i++) {
      int sectors = 1 + random.nextInt(64);
      int offset = 512 * random.nextInt(SIZE / 512 - sectors);
      int length = 512 * sectors;
      int cut = random.nextInt(length);
      MemorySegment data = memory.asSlice(512L * random.nextInt(8), length);
      if (random.nextInt(8) == 0) {
        assertThat(driver.run(r -> r.writeZeroes(offset, length, true))).as("%d", seed).isZero();
        Arrays.fill(model, offset, offset + length, (byte) 0);
      } else if (random.nextBoolean()) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        MemorySegment.copy(bytes, 0, data, JAVA_BYTE, 0, length);
        assertThat(driver.write(offset, data.asSlice(0, cut), data.asSlice(cut))).isZero();
        System.arraycopy(bytes, 0, model, offset, length);
      } else {
        assertThat(driver.read(offset, data.asSlice(0, cut), data.asSlice(cut))).isZero();
        assertThat(data.toArray(JAVA_BYTE))
            .as("seed %d, step %d", seed, i)
            .isEqualTo(Arrays.copyOfRange(model, offset, offset + length));
      }
    }
    assertThat(driver.flush()).isZero();
    assertThat(read(0, SIZE)).as("seed %d", seed).isEqualTo(model);
  }

  MemorySegment filled(int bytes, int value) {
    return memory(bytes).fill((byte) value);
  }

  byte[] read(long offset, int bytes) {
    MemorySegment memory = memory(bytes);
    assertThat(driver.read(offset, memory)).isZero();
    return memory.toArray(JAVA_BYTE);
  }
}
