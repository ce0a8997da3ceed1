package dev.jvmm.linux;

import dev.jvmm.linux.libc.Libc;
import dev.jvmm.linux.libc.SystemCall;

/**
 * A file in memory without a name in any directory (memfd_create(2)): guest RAM that another
 * process may map as well.
 *
 * <p>Thread: safe.
 *
 * <p>Its size is sealed: a process that we send it to could otherwise cut it, and our next access
 * would be a SIGBUS.
 */
public final class MemFd implements AutoCloseable {

  private static final int MFD_CLOEXEC = 1;
  private static final int MFD_ALLOW_SEALING = 2;
  private static final int MFD_HUGETLB = 4;
  private static final int MFD_HUGE_SHIFT = 26;
  private static final int PAGE_SIZE = 4096;
  private static final int F_ADD_SEALS = 1033;
  private static final int F_SEAL_SEAL = 1;
  private static final int F_SEAL_SHRINK = 2;
  private static final int F_SEAL_GROW = 4;

  private final Fd fd;
  private final long sizeBytes;
  private final long pageSizeBytes;

  private MemFd(Fd fd, long sizeBytes, long pageSizeBytes) {
    this.fd = fd;
    this.sizeBytes = sizeBytes;
    this.pageSizeBytes = pageSizeBytes;
  }

  /** One of ordinary pages, full of zeros; pages are allocated when they are first touched. */
  public static MemFd create(String name, long sizeBytes) {
    return create(name, sizeBytes, 0, PAGE_SIZE);
  }

  /**
   * One of pages of the huge page pool (hugetlb).
   *
   * @param name what /proc shows for it
   * @param sizeBytes a multiple of the page size
   * @param pageSizeBytes a power of two that this kernel has, for example 2 MiB
   * @throws LinuxException ENOMEM later, at {@link Mapping}, if the pool is too small
   */
  public static MemFd createHuge(String name, long sizeBytes, long pageSizeBytes) {
    return create(
        name,
        sizeBytes,
        MFD_HUGETLB | (Long.numberOfTrailingZeros(pageSizeBytes) << MFD_HUGE_SHIFT),
        pageSizeBytes);
  }

  private static MemFd create(String name, long sizeBytes, int hugeFlags, long pageSizeBytes) {
    long flags = (MFD_CLOEXEC | MFD_ALLOW_SEALING | hugeFlags) & 0xFFFF_FFFFL;
    long result = Libc.syscall(SystemCall.MEMFD_CREATE, Paths.terminated(name).address(), flags);
    Fd fd = Fd.ofResult(result, "memfd_create");
    try {
      LinuxException.check(
          Libc.restarting(SystemCall.FTRUNCATE, fd.number(), sizeBytes, 0), "ftruncate", name);
      LinuxException.check(
          Libc.syscall(
              SystemCall.FCNTL,
              fd.number(),
              F_ADD_SEALS,
              F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW),
          "F_ADD_SEALS",
          name);
    } catch (LinuxException e) {
      fd.close();
      throw e;
    }
    return new MemFd(fd, sizeBytes, pageSizeBytes);
  }

  public Fd fd() {
    return fd;
  }

  public long sizeBytes() {
    return sizeBytes;
  }

  /** The least that can be had, or given back, of it. */
  public long pageSizeBytes() {
    return pageSizeBytes;
  }

  /** Closes our descriptor; mappings of it stay. */
  @Override
  public void close() {
    fd.close();
  }
}
