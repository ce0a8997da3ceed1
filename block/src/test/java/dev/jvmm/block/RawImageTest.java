package dev.jvmm.block;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.linux.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an image makes of its host's answers. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RawImageTest {

  private static final int SIZE = 1 << 20;

  private final EventLoop loop = new EventLoop("test-io");
  private final BlockHost host = new BlockHost(sentence -> {});
  private final MemoryFile file = new MemoryFile(SIZE);
  private final MemorySegment page = Arena.ofAuto().allocate(4096, 4096);

  @AfterEach
  void close() {
    host.close();
    loop.close();
  }

  private DiskDriver open(RawImageConfig config) {
    RawImage.Shape shape = new RawImage.Shape(SIZE, BlockLimits.NONE, MemoryFile.STRICT);
    return new DiskDriver(new RawImage(config, shape, file, null, host, loop), loop);
  }

  private static RawImageConfig raw() {
    return RawImageConfig.of("disk.img");
  }

  @Test
  void flush_failsWhenTheHostsSyncDoes_andFromThenOn() {
    DiskDriver disk = open(raw());
    file.syncResult = -Errno.EIO;
    assertThat(disk.flush()).isEqualTo(Errno.EIO);

    file.syncResult = 0; // Linux has forgotten what it lost
    assertThat(disk.flush()).isEqualTo(Errno.EIO);
    assertThat(disk.write(0, page)).isZero();
  }

  @Test
  void flush_withoutPageCache_mayBeTriedAgain() {
    DiskDriver disk = open(raw().withCache(CacheMode.NONE));
    file.syncResult = -Errno.ENOSPC;
    assertThat(disk.flush()).isEqualTo(Errno.ENOSPC);

    file.syncResult = 0;
    assertThat(disk.flush()).isZero();
  }

  @Test
  void unsafe_neverSyncs() {
    DiskDriver disk = open(raw().withCache(CacheMode.UNSAFE));
    assertThat(disk.flush()).isZero();
    loop.invoke(() -> disk.disk().writeCache(false));
    assertThat(disk.write(0, page)).isZero();
    disk.disk().close();

    assertThat(file.synced).hasValue(0);
    assertThat(file.durableWrites).hasValue(0);
  }

  @Test
  void writethrough_writesDurably_untilTheGuestSwitchesIt() {
    DiskDriver disk = open(raw().withCache(CacheMode.WRITETHROUGH));
    assertThat(disk.disk().writeCache()).isFalse();
    assertThat(disk.write(0, page)).isZero();
    assertThat(file.durableWrites).hasValue(1);
    loop.invoke(() -> disk.disk().writeCache(true));
    assertThat(disk.write(0, page)).isZero();

    assertThat(file.durableWrites).hasValue(1);
  }

  @Test
  void close_bringsTheGuestsWritesToTheDisk() {
    DiskDriver disk = open(raw());
    assertThat(disk.write(0, page)).isZero();
    disk.disk().close();

    assertThat(file.synced).hasValue(1);
  }

  @Test
  void readOnly_refusesChanges() {
    DiskDriver disk = open(raw().forReading());
    assertThat(disk.write(0, page)).isEqualTo(Errno.EPERM);
    assertThat(disk.run(r -> r.discard(0, 4096))).isEqualTo(Errno.EPERM);
    assertThat(disk.run(r -> r.writeZeroes(0, 4096, true))).isEqualTo(Errno.EPERM);
    assertThat(disk.read(0, page)).isZero();
    assertThat(disk.flush()).isZero();
  }

  @Test
  void fullDisk_isToldAndCanBeTriedAgain() {
    DiskDriver disk = open(raw());
    file.writeResult = -Errno.ENOSPC;
    assertThat(disk.write(0, page.fill((byte) 1))).isEqualTo(Errno.ENOSPC);
    assertThat(disk.write(512, page)).isEqualTo(Errno.ENOSPC);

    file.writeResult = 0;
    assertThat(disk.write(0, page)).isZero();
  }

  @Test
  void discard_isIgnoredUnlessAskedFor() {
    assertThat(open(raw()).run(r -> r.discard(0, 4096))).isZero();
    assertThat(file.discarded).hasValue(0);
    assertThat(open(raw().unmapping(DetectZeroes.OFF)).run(r -> r.discard(0, 4096))).isZero();
    assertThat(file.discarded).hasValue(1);
  }

  @Test
  void detectZeroes_writesNoZeros() {
    file.zeroResult = 0;
    DiskDriver disk = open(raw().unmapping(DetectZeroes.UNMAP));
    assertThat(disk.write(0, page)).isZero();
    assertThat(file.zeroed).hasValue(1);
    page.set(ValueLayout.JAVA_BYTE, 4095, (byte) 1);
    assertThat(disk.write(0, page)).isZero();

    assertThat(file.zeroed).hasValue(1);
  }

  @Test
  void probedImage_takesNoOtherFormatsHeader() {
    byte[] qcow2 = {'Q', 'F', 'I', (byte) 0xFB, 0, 0, 0, 3};
    MemorySegment.copy(MemorySegment.ofArray(qcow2), 0, page, 0, qcow2.length);
    DiskDriver probed = open(raw().asProbed());
    assertThat(probed.write(0, page)).isEqualTo(Errno.EPERM);
    assertThat(probed.write(0, page.asSlice(0, 512))).isEqualTo(Errno.EPERM);
    assertThat(probed.write(4096, page)).isZero();
    assertThat(open(raw()).write(0, page)).isZero();
  }

  /** More often than there are threads: none of them is lost. */
  @Test
  void workThatThrows_isAnErrorAndTheThreadsLiveOn() {
    DiskDriver disk = open(raw());
    file.bug = true;
    for (int i = 0; i < 2 * BlockWorkers.MAX_THREADS; i++) {
      assertThat(disk.write(0, page)).isEqualTo(Errno.EIO);
    }

    file.bug = false;
    assertThat(disk.write(0, page)).isZero();
    assertThat(disk.disk().inFlight()).isZero();
  }

  @Test
  void request_takesAsManySegmentsAsItMay() {
    BlockRequest request = new BlockRequest(100, (r, errno) -> {});
    request.write(512);
    for (int i = 0; i < 100; i++) {
      assertThat(request.addSegment(4096L * (i + 1), 512 + i)).isTrue();
    }

    assertThat(request.addSegment(4096, 512)).isFalse();
    assertThat(request.segmentCount()).isEqualTo(100);
    for (int i = 0; i < 100; i++) {
      assertThat(request.segmentAddress(i)).isEqualTo(4096L * (i + 1));
      assertThat(request.segmentBytes(i)).isEqualTo(512 + i);
    }
    assertThat(request.lengthBytes()).isEqualTo(100 * 512 + 99 * 50);
  }

  @Test
  void formats_areKnownByTheirMarks() {
    MemorySegment header = Arena.ofAuto().allocate(512);
    assertThat(ImageFormat.detect(header)).isNull();
    header.copyFrom(MemorySegment.ofArray("KDMV".getBytes(StandardCharsets.US_ASCII)));
    assertThat(ImageFormat.detect(header)).isEqualTo("vmdk");
  }
}
