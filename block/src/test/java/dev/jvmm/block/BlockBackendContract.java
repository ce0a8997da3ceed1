package dev.jvmm.block;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.jvmm.core.event.EventLoop;
import dev.jvmm.linux.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What every disk does with requests, whatever it keeps. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class BlockBackendContract {

  static final int SIZE = 1 << 20;
  static final int MANY = 600; // more than a ring has under way

  final EventLoop loop = new EventLoop("test-io");
  final List<String> warnings = new ArrayList<>();
  final BlockHost host = new BlockHost(warnings::add);
  final Arena arena = Arena.ofShared();
  @TempDir Path folder;
  BlockBackend disk;
  DiskDriver driver;

  /** A disk of {@link #SIZE} bytes. */
  abstract BlockBackend open() throws Exception;

  @BeforeEach
  void openDisk() throws Exception {
    disk = open();
    driver = new DiskDriver(disk, loop);
  }

  @AfterEach
  void closeAll() {
    disk.close();
    host.close();
    loop.close();
    arena.close();
  }

  MemorySegment memory(long bytes) {
    return arena.allocate(bytes, 4096);
  }

  @Test
  void capacity_isWhatWasAsked() {
    assertThat(disk.capacityBytes()).isEqualTo(SIZE);
    assertThat(disk.limits().logicalBlockBytes()).isGreaterThanOrEqualTo(512);
  }

  @Test
  void submit_completesLater() {
    List<Integer> outcomes = new ArrayList<>();
    List<Integer> seen = new ArrayList<>();
    BlockRequest request = new BlockRequest(1, (r, errno) -> outcomes.add(errno));
    request.write(0).addSegment(memory(4096));

    loop.invoke(
        () -> {
          disk.submit(request);
          seen.add(outcomes.size());
          seen.add(disk.inFlight());
          disk.drain();
          seen.add(disk.inFlight());
        });

    assertThat(seen).containsExactly(0, 1, 0);
    assertThat(outcomes).containsExactly(0);
  }

  @Test
  void outsideOfTheDisk_isInvalid() {
    MemorySegment sector = memory(512);
    assertThat(driver.read(SIZE, sector)).isEqualTo(Errno.EINVAL);
    assertThat(driver.write(SIZE - 512, sector, sector)).isEqualTo(Errno.EINVAL);
    assertThat(driver.write(Long.MAX_VALUE - 511, sector)).isEqualTo(Errno.EINVAL);
    assertThat(driver.read(-512, sector)).isEqualTo(Errno.EINVAL);
    assertThat(driver.run(r -> r.discard(512, Long.MAX_VALUE))).isEqualTo(Errno.EINVAL);
    assertThat(driver.run(r -> r.writeZeroes(512, -512, false))).isEqualTo(Errno.EINVAL);
  }

  @Test
  void partOfASector_isInvalid() {
    assertThat(driver.write(1, memory(512))).isEqualTo(Errno.EINVAL);
    assertThat(driver.read(0, memory(511))).isEqualTo(Errno.EINVAL);
  }

  @Test
  void nothing_succeeds() {
    assertThat(driver.read(512)).isZero();
    assertThat(driver.write(SIZE)).isZero();
    assertThat(driver.run(r -> r.discard(0, 0))).isZero();
    assertThat(driver.run(r -> r.writeZeroes(0, 0, true))).isZero();
    assertThat(driver.flush()).isZero();
  }

  @Test
  void drain_inMidFlight_completesAll() {
    List<Integer> outcomes = new ArrayList<>();
    List<BlockRequest> requests = requests((r, errno) -> outcomes.add(errno));
    loop.invoke(() -> requests.forEach(disk::submit));

    disk.drain();

    assertThat(outcomes).hasSize(MANY).containsOnly(0);
  }

  @Test
  void close_inMidFlight_completesAllAndRefusesMore() {
    List<Integer> outcomes = new ArrayList<>();
    List<BlockRequest> requests = requests((r, errno) -> outcomes.add(errno));
    loop.invoke(
        () -> {
          requests.forEach(disk::submit);
          disk.kick();
        });

    disk.close();

    assertThat(outcomes).hasSize(MANY).containsOnly(0);
    assertThat(driver.read(0, memory(4096))).isEqualTo(Errno.EBADF);
  }

  /** As a reset does that a completion asks for. */
  @Test
  void drain_fromInsideACompletion_completesAll() {
    List<Integer> left = new ArrayList<>();
    List<Integer> outcomes = new ArrayList<>();
    BlockRequest first =
        new BlockRequest(
            1,
            (r, errno) -> {
              disk.drain();
              left.add(disk.inFlight());
            });
    first.read(0).addSegment(memory(512));
    List<BlockRequest> requests = requests((r, errno) -> outcomes.add(errno));

    loop.invoke(
        () -> {
          disk.submit(first);
          requests.forEach(disk::submit);
        });
    disk.drain();

    assertThat(left).containsExactly(0);
    assertThat(outcomes).hasSize(MANY).containsOnly(0);
  }

  @Test
  void completion_maySubmitAgain() throws Exception {
    CountDownLatch rounds = new CountDownLatch(500);
    BlockRequest request =
        new BlockRequest(
            1,
            (r, errno) -> {
              rounds.countDown();
              if (rounds.getCount() > 0) {
                disk.submit(r);
                disk.kick();
              }
            });
    request.write(8192).addSegment(memory(4096));

    loop.invoke(
        () -> {
          disk.submit(request);
          disk.kick();
        });

    assertThat(rounds.await(60, TimeUnit.SECONDS)).isTrue();
    disk.drain();
  }

  @Test
  void afterCompletions_isTold() throws Exception {
    CountDownLatch told = new CountDownLatch(1);
    BlockRequest request = new BlockRequest(1, (r, errno) -> {});
    request.discard(0, 4096);
    loop.invoke(
        () -> {
          disk.afterCompletions(told::countDown);
          disk.submit(request);
          disk.kick();
        });

    assertThat(told.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void writeCache_canBeSwitched() {
    loop.invoke(() -> disk.writeCache(false));
    assertThat(disk.writeCache()).isFalse();
    assertThat(driver.write(0, memory(4096))).isZero();
    loop.invoke(() -> disk.writeCache(true));
    assertThat(disk.writeCache()).isTrue();
  }

  /** Downcalls allocate a little below C2; they come once a batch, not once a request. */
  @Test
  void submit_allocatesNothingForARequest() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    List<BlockRequest> requests = requests((r, errno) -> {});
    long[] least = {Long.MAX_VALUE};
    for (int round = 0; round < 40; round++) {
      loop.invoke(
          () -> {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 100; i++) {
              disk.submit(requests.get(i));
            }
            least[0] = Math.min(least[0], threads.getCurrentThreadAllocatedBytes() - before);
            disk.drain();
          });
    }

    assertThat(least[0]).isLessThan(100 * 8L);
  }

  private List<BlockRequest> requests(BlockRequest.Completion completion) {
    MemorySegment memory = memory(4096);
    return IntStream.range(0, MANY)
        .mapToObj(
            i -> {
              BlockRequest request = new BlockRequest(1, completion);
              request.read(4096L * (i % 200)).addSegment(memory);
              return request;
            })
        .toList();
  }
}
