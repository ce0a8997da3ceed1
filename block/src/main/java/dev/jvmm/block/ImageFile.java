package dev.jvmm.block;

/**
 * The file under an image, as the host sees it: where a test puts a file that fails.
 *
 * <p>Thread: safe. Everything answers a value or {@code -errno}; buffers are given by address and
 * stay until the call returns.
 */
interface ImageFile extends AutoCloseable {

  /** Bytes read into {@code count} iovecs, 0 at the end of the file. */
  long readv(long iovecs, int count, long offset);

  /** Bytes written; {@code durable}: on stable storage when it returns. */
  long writev(long iovecs, int count, long offset, boolean durable);

  /** Everything written is on stable storage when it returns. */
  int sync();

  /** A range is not needed any more. */
  int discard(long offset, long lengthBytes);

  /** A range reads zero after; {@code mayUnmap}: its space may go. -EOPNOTSUPP: write zeros. */
  int zero(long offset, long lengthBytes, boolean mayUnmap);

  @Override
  void close();
}
