package dev.jvmm.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.jvmm.linux.libc.Libc;
import dev.jvmm.linux.libc.Scratch;
import dev.jvmm.linux.libc.SystemCall;
import java.lang.foreign.MemorySegment;

/**
 * Signals (signal(7)): the one that gets a vCPU thread out of KVM_RUN, and masks.
 *
 * <p>Thread: safe. A handler is the whole process's, a mask is the calling thread's.
 */
public final class Signals {

  public static final int SIGINT = 2;
  public static final int SIGUSR1 = 10;
  public static final int SIGPIPE = 13;
  public static final int SIGTERM = 15;

  // The C library keeps 32 and 33 for its threads, HotSpot 62 for its own suspending of threads.
  private static final int FIRST_REAL_TIME = 34;
  private static final int LAST_REAL_TIME = 64;
  private static final int HOTSPOT_SUSPEND = 62;

  private static final long SIG_DFL = 0;
  private static final long SIG_IGN = 1;
  private static final int SA_RESTART = 0x1000_0000;
  private static final int SIG_BLOCK = 0;
  private static final int SIG_UNBLOCK = 1;
  private static final int KERNEL_MASK_SIZE = 8;

  // glibc's struct sigaction: handler, 128 bytes of mask, flags, restorer. The system call's struct
  // is
  // another one, without a way to say where the return trampoline is.
  private static final int ACTION_SIZE = 152;
  private static final long ACTION_HANDLER = 0;
  private static final long ACTION_FLAGS = 136;

  private static final int NOT_CHOSEN = 0;

  private static volatile int kick = NOT_CHOSEN;

  private Signals() {}

  /** Looked up at first use, as the symbols cost time. */
  private static final class Symbols {
    static final MemorySegment SIGACTION = Libc.symbol("sigaction");
    // abs() takes an int and touches nothing: as a handler it gets the signal's number and returns.
    static final MemorySegment HARMLESS = Libc.symbol("abs");
  }

  /**
   * The signal that kicks a vCPU thread out of KVM_RUN, with its handler in place.
   *
   * <p>The handler is a C function that does nothing, so no Java runs in signal context; its only
   * effect is that KVM_RUN returns EINTR. SA_RESTART spares every other system call of the process.
   * It is never taken away: a late kick would end the process.
   *
   * @return SIGUSR1, or the first real-time signal without a handler if the program uses SIGUSR1
   * @throws IllegalStateException if every one has a handler
   */
  public static int kick() {
    int signal = kick;
    return signal != NOT_CHOSEN ? signal : chooseKick();
  }

  private static synchronized int chooseKick() {
    if (kick == NOT_CHOSEN) {
      kick = install(SIGUSR1);
    }
    return kick;
  }

  /** The preferred signal if it is free, else the first real-time one that is. */
  static int install(int preferred) {
    if (installOn(preferred)) {
      return preferred;
    }
    for (int signal = FIRST_REAL_TIME; signal <= LAST_REAL_TIME; signal++) {
      if (signal != HOTSPOT_SUSPEND && installOn(signal)) {
        return signal;
      }
    }
    throw new IllegalStateException(
        "no signal is free to kick vCPU threads with: SIGUSR1 and all real-time signals have"
            + " handlers");
  }

  private static boolean installOn(int signal) {
    long harmless = Symbols.HARMLESS.address();
    MemorySegment action = Scratch.current().cleared(ACTION_SIZE);
    LinuxException.check(
        Libc.call(Symbols.SIGACTION, signal, 0, action.address()),
        "sigaction",
        Integer.toString(signal));
    long current = action.get(JAVA_LONG, ACTION_HANDLER);
    if (current != SIG_DFL && current != harmless) {
      return false;
    }
    setHandler(signal, harmless);
    return true;
  }

  /** Ignores a signal in the whole process. */
  public static void ignore(int signal) {
    setHandler(signal, SIG_IGN);
  }

  private static void setHandler(int signal, long handler) {
    MemorySegment action = Scratch.current().cleared(ACTION_SIZE);
    action.set(JAVA_LONG, ACTION_HANDLER, handler);
    action.set(JAVA_INT, ACTION_FLAGS, SA_RESTART);
    LinuxException.check(
        Libc.call(Symbols.SIGACTION, signal, action.address(), 0),
        "sigaction",
        Integer.toString(signal));
  }

  /** Keeps a signal away from the calling thread; it stays pending, or goes to another thread. */
  public static void blockInThisThread(int signal) {
    mask(SIG_BLOCK, signal);
  }

  public static void unblockInThisThread(int signal) {
    mask(SIG_UNBLOCK, signal);
  }

  private static void mask(int how, int signal) {
    MemorySegment set = Scratch.current().memory();
    set.set(JAVA_LONG, 0, 1L << (signal - 1));
    LinuxException.check(
        Libc.syscall(SystemCall.RT_SIGPROCMASK, how, set.address(), 0, KERNEL_MASK_SIZE),
        "rt_sigprocmask",
        Integer.toString(signal));
  }
}
