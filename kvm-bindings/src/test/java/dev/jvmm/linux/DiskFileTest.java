package dev.jvmm.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** DiskFile, HostMemory and IoUring, which are used together. */
class DiskFileTest {

  private static final int SIZE = 16384;

  @TempDir Path folder;
  private final Arena arena = Arena.ofShared();
  private DiskFile file;

  @BeforeEach
  void open() {
    file = reopened();
    MemorySegment ones = arena.allocate(SIZE, 4096).fill((byte) 1);
    assertThat(file.fd().pwrite(ones, 0)).isEqualTo(SIZE);
  }

  @AfterEach
  void close() {
    file.close();
    arena.close();
  }

  private DiskFile reopened() {
    return new DiskFile(
        Fd.open(folder.resolve("disk").toString(), OpenFlags.RDWR | OpenFlags.CREAT, 0600));
  }

  private MemorySegment iovecs(MemorySegment... memory) {
    MemorySegment iovecs = arena.allocate((long) DiskFile.IOVEC_BYTES * memory.length, 8);
    for (int i = 0; i < memory.length; i++) {
      iovecs.set(JAVA_LONG, 16L * i, memory[i].address());
      iovecs.set(JAVA_LONG, 16L * i + 8, memory[i].byteSize());
    }
    return iovecs;
  }

  @Test
  void kinds_areTold() {
    assertThat(file.kind()).isEqualTo(DiskFile.Kind.REGULAR);
    assertThat(file.sizeBytes()).isEqualTo(SIZE);
    try (DiskFile directory = new DiskFile(Fd.open("/", OpenFlags.RDONLY, 0));
        DiskFile device = new DiskFile(Fd.open("/dev/null", OpenFlags.RDONLY, 0))) {
      assertThat(directory.kind()).isEqualTo(DiskFile.Kind.DIRECTORY);
      assertThat(device.kind()).isEqualTo(DiskFile.Kind.OTHER);
    }
  }

  @Test
  void vectors_moveEachPart() {
    MemorySegment two = arena.allocate(3).fill((byte) 2);
    MemorySegment three = arena.allocate(5).fill((byte) 3);
    assertThat(file.tryPwritev(iovecs(two, three).address(), 2, 100, true)).isEqualTo(8);
    assertThat(file.tryFdatasync()).isZero();

    MemorySegment read = arena.allocate(10);
    assertThat(file.tryPreadv(iovecs(read.asSlice(0, 9), read.asSlice(9)).address(), 2, 99))
        .isEqualTo(10);
    assertThat(read.toArray(JAVA_BYTE)).containsExactly(1, 2, 2, 2, 3, 3, 3, 3, 3, 1);
    assertThat(file.tryPreadv(iovecs(read).address(), 1, SIZE)).isZero();
    assertThat(file.tryPreadv(1, 1, 0)).isEqualTo(-Errno.EFAULT);
  }

  @Test
  void hole_readsZeroAndKeepsTheSize() {
    int result = file.tryPunchHole(4096, 8192);
    Assumptions.assumeTrue(result != -Errno.EOPNOTSUPP, "this file system has no holes");

    MemorySegment read = arena.allocate(SIZE);
    assertThat(file.fd().pread(read, 0)).isEqualTo(SIZE);
    assertThat(HostMemory.isZero(read.address() + 4096, 8192)).isTrue();
    assertThat(HostMemory.isZero(read.address() + 4096, 8193)).isFalse();
    assertThat(HostMemory.isZero(read.address() + 4095, 8193)).isFalse();
    assertThat(file.sizeBytes()).isEqualTo(SIZE);
  }

  @Test
  void clear_clearsWhatItIsTold() {
    MemorySegment memory = arena.allocate(40_000).fill((byte) 1);
    HostMemory.clear(memory.address() + 1, 39_998);

    assertThat(HostMemory.isZero(memory.address() + 1, 39_998)).isTrue();
    assertThat(memory.get(JAVA_BYTE, 0)).isOne();
    assertThat(memory.get(JAVA_BYTE, 39_999)).isOne();
  }

  @Test
  void locks_areTheOpenFiles() {
    try (DiskFile other = reopened()) {
      assertThat(file.tryLockShared(100)).isZero();
      assertThat(file.tryLockedByOther(100)).isZero();
      assertThat(other.tryLockedByOther(100)).isOne();
      assertThat(other.tryLockedByOther(101)).isZero();
      assertThat(other.tryLockShared(100)).isZero();
    }
    assertThat(file.tryLockedByOther(100)).isZero();
  }

  @Test
  void ring_readsWritesAndSyncs() {
    try (IoUring ring = ring()) {
      MemorySegment data = arena.allocate(4096).fill((byte) 4);
      ring.prepareTransfer(IoUring.OP_WRITE, file.fd(), 0, data.address(), 4096, true, 7);
      assertThat(ring.enter(1)).isZero();
      assertCompletion(ring, 7, 4096);

      data.fill((byte) 0);
      MemorySegment iovecs = iovecs(data.asSlice(0, 1), data.asSlice(1));
      ring.prepareTransfer(IoUring.OP_READV, file.fd(), 4095, iovecs.address(), 2, false, 8);
      assertThat(ring.enter(1)).isZero();
      assertCompletion(ring, 8, 4096);
      assertThat(data.get(JAVA_BYTE, 0)).isEqualTo((byte) 4);
      assertThat(data.get(JAVA_BYTE, 1)).isEqualTo((byte) 1);

      ring.prepareDatasync(file.fd(), 9);
      assertThat(ring.enter(1)).isZero();
      assertCompletion(ring, 9, 0);
    }
  }

  @Test
  void ring_carriesSoManyACall() {
    try (IoUring ring = ring()) {
      int prepared = 0;
      while (ring.hasRoom()) {
        ring.prepareDatasync(file.fd(), prepared++);
      }
      assertThat(prepared).isEqualTo(4);
      assertThat(ring.capacity()).isGreaterThanOrEqualTo(8);
      assertThat(ring.enter(prepared)).isZero();
      assertThat(ring.unsubmitted()).isZero();
      assertThat(ring.hasRoom()).isTrue();
      assertThat(ring.completions()).isEqualTo(prepared);
    }
  }

  private static void assertCompletion(IoUring ring, long token, int result) {
    assertThat(ring.completions()).isOne();
    assertThat(ring.token()).isEqualTo(token);
    assertThat(ring.result()).isEqualTo(result);
    ring.advance();
    assertThat(ring.completions()).isZero();
  }

  private static IoUring ring() {
    try {
      return IoUring.create(4);
    } catch (LinuxException e) {
      return Assumptions.abort("this host has no io_uring: " + e.getMessage());
    }
  }
}
