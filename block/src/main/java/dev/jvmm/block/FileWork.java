package dev.jvmm.block;

import dev.jvmm.linux.Errno;
import java.lang.foreign.MemorySegment;

/**
 * A request done by system calls that block, on a worker's thread: every kind of request, aligned
 * or not.
 *
 * <p>Thread: safe; what a failed flush leaves behind is volatile.
 *
 * <p>Linux forgets which pages it could not write back once it has told of it, so after a failed
 * sync of the page cache a second one would succeed with the data lost. Every flush fails from then
 * on.
 */
final class FileWork {

  private final ImageFile file;
  private final RawImageConfig config;
  private final Alignment alignment;
  private volatile int syncFailure;

  FileWork(ImageFile file, RawImageConfig config, Alignment alignment) {
    this.file = file;
    this.config = config;
    this.alignment = alignment;
  }

  /** Does it and answers an errno, 0 for success. */
  int run(BlockRequest request, BounceBuffer bounce) {
    return switch (request.operation()) {
      case READ -> request.bounced ? bouncedRead(request, bounce) : transfer(request, false);
      case WRITE -> write(request, bounce);
      case FLUSH -> flush();
      case DISCARD -> discard(request);
      case WRITE_ZEROES -> writeZeroes(request, request.mayUnmap(), bounce);
    };
  }

  private int write(BlockRequest request, BounceBuffer bounce) {
    if (config.detectZeroes() != DetectZeroes.OFF && !guards(request) && request.isZero()) {
      return writeZeroes(request, config.detectZeroes() == DetectZeroes.UNMAP, bounce);
    }
    return request.bounced ? bouncedWrite(request, bounce) : transfer(request, true);
  }

  /** Between the guest's memory and the file, without a copy of ours. */
  private int transfer(BlockRequest request, boolean writing) {
    while (request.remainingBytes() > 0) {
      long iovecs = request.iovecsAddress();
      int count = request.iovecCount();
      long result =
          writing
              ? file.writev(iovecs, count, request.position(), request.durable)
              : file.readv(iovecs, count, request.position());
      if (result <= 0) {
        return failure(result, request.doneBytes());
      }
      request.advance(result);
    }
    return 0;
  }

  /**
   * The outcome of a transfer that moved nothing. The end of the file is an I/O error: the disk
   * goes on there, so somebody has cut the file. Behind an unaligned cut O_DIRECT says EINVAL.
   */
  static int failure(long result, long doneBytes) {
    boolean cut = result == 0 || (result == -Errno.EINVAL && doneBytes > 0);
    return cut ? Errno.EIO : (int) -result;
  }

  private int bouncedRead(BlockRequest request, BounceBuffer bounce) {
    long end = request.offset() + request.lengthBytes();
    for (long at = request.offset(); at < end; ) {
      long from = alignment.down(at);
      long to = Math.min(alignment.up(end), from + BounceBuffer.SIZE_BYTES);
      int errno = fill(bounce, from, from, to);
      if (errno != 0) {
        return errno;
      }
      long part = Math.min(end, to) - at;
      long buffer = bounce.memory().address() + (at - from);
      request.copy(at - request.offset(), buffer, part, true);
      at += part;
    }
    return 0;
  }

  private int bouncedWrite(BlockRequest request, BounceBuffer bounce) {
    long end = request.offset() + request.lengthBytes();
    for (long at = request.offset(); at < end; ) {
      long from = alignment.down(at);
      long to = Math.min(alignment.up(end), from + BounceBuffer.SIZE_BYTES);
      long part = Math.min(end, to) - at;
      // Less than whole blocks: what else lies in them is read first (the request is alone).
      int errno = at == from && at + part == to ? 0 : fill(bounce, from, from, to);
      if (errno != 0) {
        return errno;
      }
      long buffer = bounce.memory().address() + (at - from);
      request.copy(at - request.offset(), buffer, part, false);
      if (from == 0 && guards(request) && ImageFormat.detect(bounce.memory()) != null) {
        return Errno.EPERM;
      }
      errno = spill(bounce, from, to, request.durable);
      if (errno != 0) {
        return errno;
      }
      at += part;
    }
    return 0;
  }

  /**
   * Whether a write could turn a disk whose format was guessed into one of another format, at whose
   * next start the guest would have named a backing file on the host.
   */
  private boolean guards(BlockRequest request) {
    return config.probed() && request.offset() < ImageFormat.HEADER_BYTES;
  }

  /** Reads a range of the file into the buffer, whose start is the file's {@code base}. */
  private int fill(BounceBuffer bounce, long base, long from, long to) {
    for (long at = from; at < to; ) {
      long result = file.readv(bounce.iovec(at - base, to - at), 1, at);
      if (result <= 0) {
        return failure(result, at - from);
      }
      at += result;
    }
    return 0;
  }

  /** Writes the buffer's first bytes to a range of the file. */
  private int spill(BounceBuffer bounce, long from, long to, boolean durable) {
    for (long at = from; at < to; ) {
      long result = file.writev(bounce.iovec(at - from, to - at), 1, at, durable);
      if (result <= 0) {
        return failure(result, at - from);
      }
      at += result;
    }
    return 0;
  }

  int flush() {
    if (config.cache().ignoresFlush()) {
      return 0;
    }
    return syncFailure != 0 ? syncFailure : synced(-file.sync());
  }

  /** Notes the outcome of a sync that has been made. */
  int synced(int errno) {
    if (errno != 0 && !config.cache().direct()) {
      syncFailure = errno;
    }
    return errno;
  }

  /** Whether the page cache has lost data: a sync would say that all is well. */
  boolean syncFailed() {
    return syncFailure != 0;
  }

  /** A hint: a file that can't do it keeps its space, and that is no error. */
  private int discard(BlockRequest request) {
    int errno = -file.discard(request.offset(), request.lengthBytes());
    boolean without = errno == Errno.EOPNOTSUPP || errno == Errno.ENOTTY || errno == Errno.EINVAL;
    return without ? 0 : errno;
  }

  private int writeZeroes(BlockRequest request, boolean mayUnmap, BounceBuffer bounce) {
    boolean unmap = mayUnmap && config.discard();
    int errno = -file.zero(request.offset(), request.lengthBytes(), unmap);
    if (errno == Errno.EOPNOTSUPP) {
      return writtenZeroes(request, bounce);
    }
    return errno == 0 && request.durable ? flush() : errno;
  }

  private int writtenZeroes(BlockRequest request, BounceBuffer bounce) {
    MemorySegment memory = bounce.memory();
    long end = request.offset() + request.lengthBytes();
    for (long at = request.offset(); at < end; ) {
      long from = alignment.down(at);
      long to = Math.min(alignment.up(end), from + BounceBuffer.SIZE_BYTES);
      long part = Math.min(end, to) - at;
      int errno = at == from && at + part == to ? 0 : fill(bounce, from, from, to);
      if (errno == 0) {
        memory.asSlice(at - from, part).fill((byte) 0);
        errno = spill(bounce, from, to, request.durable);
      }
      if (errno != 0) {
        return errno;
      }
      at += part;
    }
    return 0;
  }
}
