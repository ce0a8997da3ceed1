package dev.jvmm.linux;

import dev.jvmm.linux.libc.Libc;
import dev.jvmm.linux.libc.SystemCall;
import java.lang.foreign.MemorySegment;

/**
 * The kernel's random numbers (getrandom(2)), without a file.
 *
 * <p>Thread: safe.
 */
public final class RandomBytes {

  private RandomBytes() {}

  /**
   * Fills a native segment, which stays open meanwhile. It waits for nothing but the kernel's first
   * entropy, which is there long before a machine is.
   *
   * @throws LinuxException if the kernel refuses
   */
  public static void fill(MemorySegment target) {
    long done = 0;
    while (done < target.byteSize()) {
      long result =
          Libc.restarting(
              SystemCall.GETRANDOM, target.address() + done, target.byteSize() - done, 0);
      done += LinuxException.check(result, "getrandom", "");
    }
  }
}
