package dev.jvmm.block;

import dev.jvmm.linux.DiskFile;
import dev.jvmm.linux.Errno;

/**
 * A regular file or block device of the host.
 *
 * <p>Thread: safe.
 *
 * <p>It is read and written by system calls and never mapped: where somebody cuts the file under us
 * a call says so, while an access to mapped memory would end the process (SIGBUS).
 */
record HostImageFile(DiskFile file) implements ImageFile {

  @Override
  public long readv(long iovecs, int count, long offset) {
    return file.tryPreadv(iovecs, count, offset);
  }

  @Override
  public long writev(long iovecs, int count, long offset, boolean durable) {
    return file.tryPwritev(iovecs, count, offset, durable);
  }

  @Override
  public int sync() {
    return file.tryFdatasync();
  }

  @Override
  public int discard(long offset, long lengthBytes) {
    return isDevice()
        ? file.tryDiscardBlocks(offset, lengthBytes)
        : file.tryPunchHole(offset, lengthBytes);
  }

  /** A discard of a device says nothing of what it reads after; punching a hole into it does. */
  @Override
  public int zero(long offset, long lengthBytes, boolean mayUnmap) {
    int result = mayUnmap ? file.tryPunchHole(offset, lengthBytes) : -Errno.EOPNOTSUPP;
    if (result == -Errno.EOPNOTSUPP) {
      result =
          isDevice()
              ? file.tryZeroBlocks(offset, lengthBytes)
              : file.tryZeroRange(offset, lengthBytes);
    }
    // A range in parts of blocks is EINVAL for a device, and a device may lack the command.
    boolean without = result == -Errno.EINVAL || result == -Errno.ENOTTY;
    return without ? -Errno.EOPNOTSUPP : result;
  }

  private boolean isDevice() {
    return file.kind() == DiskFile.Kind.BLOCK_DEVICE;
  }

  @Override
  public void close() {
    file.close();
  }
}
