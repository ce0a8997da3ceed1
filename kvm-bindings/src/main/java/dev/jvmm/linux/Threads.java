package dev.jvmm.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.jvmm.linux.libc.Libc;
import dev.jvmm.linux.libc.Scratch;
import dev.jvmm.linux.libc.SystemCall;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** Our threads, and the kernel's view of them. Thread: safe. Platform threads only. */
public final class Threads {

  private static final int PR_SET_NAME = 15;
  private static final int NAME_MAX_BYTES = 15;

  private Threads() {}

  /** The kernel's id of the calling thread. */
  public static int id() {
    return (int) Libc.syscall(SystemCall.GETTID);
  }

  /**
   * Sends a signal to one thread of this process.
   *
   * @param threadId its {@link #id()}
   * @return false if there is no such thread any more
   */
  public static boolean signal(int threadId, int signal) {
    long result = Libc.syscall(SystemCall.TGKILL, HostProcess.id(), threadId, signal);
    if (result == -Errno.ESRCH) {
      return false;
    }
    if (result < 0) {
      throw new LinuxException("tgkill", "thread " + threadId, (int) -result);
    }
    return true;
  }

  /**
   * Returns when the thread has ended, at once where it never started; interrupts wait till then.
   */
  public static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Names the calling thread for {@code ps} and {@code top}; the kernel keeps 15 bytes. */
  public static void setName(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(bytes.length, NAME_MAX_BYTES);
    MemorySegment memory = Scratch.current().memory();
    MemorySegment.copy(MemorySegment.ofArray(bytes), 0, memory, 0, length); // see Paths
    memory.set(JAVA_BYTE, length, (byte) 0);
    Libc.syscall(SystemCall.PRCTL, PR_SET_NAME, memory.address());
  }
}
