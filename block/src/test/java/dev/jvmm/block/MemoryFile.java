package dev.jvmm.block;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.jvmm.linux.DiskFile;
import dev.jvmm.linux.Errno;
import dev.jvmm.linux.HostMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A file in memory that is as strict as O_DIRECT on a disk of 4 KiB blocks, moves at most a few
 * blocks a call, and fails where it is told to.
 */
final class MemoryFile implements ImageFile {

  static final Alignment STRICT = new Alignment(4096, 512);
  private static final int MOST = 12288;

  final AtomicInteger zeroed = new AtomicInteger();
  final AtomicInteger discarded = new AtomicInteger();
  final AtomicInteger synced = new AtomicInteger();
  final AtomicInteger durableWrites = new AtomicInteger();
  volatile int syncResult;
  volatile int writeResult;
  volatile boolean bug;
  volatile int zeroResult = -Errno.EOPNOTSUPP;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment bytes;

  MemoryFile(int size) {
    bytes = arena.allocate(size, 4096);
  }

  @Override
  public synchronized long readv(long iovecs, int count, long offset) {
    return move(iovecs, count, offset, true);
  }

  @Override
  public synchronized long writev(long iovecs, int count, long offset, boolean durable) {
    if (bug) {
      throw new IllegalStateException("a bug of ours, for the test");
    }
    if (writeResult != 0) {
      return writeResult;
    }
    if (durable) {
      durableWrites.incrementAndGet();
    }
    return move(iovecs, count, offset, false);
  }

  private long move(long iovecs, int count, long offset, boolean reading) {
    MemorySegment copy = Arena.ofAuto().allocate((long) DiskFile.IOVEC_BYTES * count, 8);
    HostMemory.copy(iovecs, copy.address(), copy.byteSize());
    long bits = offset & (STRICT.placeBytes() - 1);
    long moved = 0;
    for (int i = 0; i < count; i++) {
      long address = copy.get(JAVA_LONG, 16L * i);
      long length = copy.get(JAVA_LONG, 16L * i + 8);
      bits |= (address | length) & (STRICT.memoryBytes() - 1);
      long part = Math.min(length, MOST - moved);
      long here = bytes.address() + offset + moved;
      if (bits == 0 && part > 0) {
        HostMemory.copy(reading ? here : address, reading ? address : here, part);
        moved += part;
      }
    }
    return bits == 0 ? moved : -Errno.EINVAL;
  }

  @Override
  public int sync() {
    synced.incrementAndGet();
    return syncResult;
  }

  @Override
  public int discard(long offset, long lengthBytes) {
    discarded.incrementAndGet();
    return 0;
  }

  @Override
  public int zero(long offset, long lengthBytes, boolean mayUnmap) {
    zeroed.incrementAndGet();
    return zeroResult;
  }

  @Override
  public void close() {
    // The arena goes with the test.
  }
}
