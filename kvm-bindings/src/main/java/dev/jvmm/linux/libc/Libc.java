package dev.jvmm.linux.libc;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * Calls into the C library: the only downcalls of the project.
 *
 * <p>Thread: safe; a call's errno is kept in memory of its own thread ({@link Scratch}).
 *
 * <p>There is one handle, of one shape: seven longs in, a long out, errno captured, and the
 * function's address as a first argument. Linking a second shape costs more at start-up than all of
 * KVM's ioctls together, so every function is called through this one and callers narrow the
 * result. Nearly all calls go through glibc's {@code syscall}, whose parameters are exactly seven
 * longs, so that a VM's whole life needs one symbol looked up; the few functions that glibc must do
 * itself ({@code sigaction}, with its return trampoline) are called by their own address.
 *
 * <p>The JDK wraps the errno memory anew at each call, 40 bytes that C2 removes; the interpreter
 * and C1 don't.
 *
 * <p>It is deliberately no {@code critical} call: KVM_RUN blocks, and a thread in a critical call
 * holds up every safepoint of the JVM.
 */
public final class Libc {

  private static final MethodHandle CALL = link();
  private static final MemorySegment SYSCALL = symbol("syscall");
  private static final int EINTR = 4;

  private Libc() {}

  // SAFETY: the descriptor says what every function called with it takes on x86-64: integers and
  // pointers in registers, the seventh on the stack, an integer result. Registers that a function
  // doesn't take are ignored by it. errno is glibc's thread-local int.
  @SuppressWarnings("restricted")
  private static MethodHandle link() {
    FunctionDescriptor sevenLongs =
        FunctionDescriptor.of(
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    return Linker.nativeLinker()
        .downcallHandle(sevenLongs, Linker.Option.captureCallState("errno"));
  }

  /**
   * The address of one of the C library's functions.
   *
   * @throws UnsupportedOperationException if this C library doesn't have it
   */
  public static MemorySegment symbol(String name) {
    Optional<MemorySegment> address = Linker.nativeLinker().defaultLookup().find(name);
    // No lambda: the first one costs milliseconds of a start.
    if (address.isEmpty()) {
      throw new UnsupportedOperationException("this C library has no " + name);
    }
    return address.get();
  }

  /**
   * One system call; see {@link SystemCall} for the numbers.
   *
   * @return what it returned, or {@code -errno}
   */
  @SuppressWarnings("ParameterNumber")
  public static long syscall(int number, long a, long b, long c, long d, long e, long f) {
    MemorySegment state = Scratch.current().callState();
    long result = invoke(SYSCALL, state, number, a, b, c, d, e, f);
    return result == -1 ? -state.get(JAVA_INT, 0) : result;
  }

  public static long syscall(int number, long a, long b, long c, long d) {
    return syscall(number, a, b, c, d, 0, 0);
  }

  public static long syscall(int number, long a, long b, long c) {
    return syscall(number, a, b, c, 0, 0, 0);
  }

  public static long syscall(int number, long a, long b) {
    return syscall(number, a, b, 0, 0, 0, 0);
  }

  public static long syscall(int number, long a) {
    return syscall(number, a, 0, 0, 0, 0, 0);
  }

  public static long syscall(int number) {
    return syscall(number, 0, 0, 0, 0, 0, 0);
  }

  /** The same, made again while a signal interrupts it: for calls where EINTR is no answer. */
  public static long restarting(int number, long a, long b, long c) {
    long result;
    do {
      result = syscall(number, a, b, c);
    } while (result == -EINTR);
    return result;
  }

  /** The same with four arguments. */
  public static long restarting(int number, long a, long b, long c, long d) {
    long result;
    do {
      result = syscall(number, a, b, c, d);
    } while (result == -EINTR);
    return result;
  }

  /**
   * One call of a function that returns an {@code int}, -1 for an error.
   *
   * @param function its address, from {@link #symbol}
   * @return what it returned, or {@code -errno}
   */
  public static int call(MemorySegment function, long a, long b, long c) {
    return call(function, a, b, c, 0, 0, 0);
  }

  /** The same with six arguments. */
  @SuppressWarnings("ParameterNumber")
  public static int call(MemorySegment function, long a, long b, long c, long d, long e, long f) {
    MemorySegment state = Scratch.current().callState();
    // An int result leaves the upper half of its register undefined.
    int result = (int) invoke(function, state, a, b, c, d, e, f, 0);
    return result == -1 ? -state.get(JAVA_INT, 0) : result;
  }

  @SuppressWarnings("ParameterNumber")
  private static long invoke(
      MemorySegment function,
      MemorySegment state,
      long a,
      long b,
      long c,
      long d,
      long e,
      long f,
      long g) {
    try {
      return (long) CALL.invokeExact(function, state, a, b, c, d, e, f, g);
    } catch (Throwable t) {
      throw new AssertionError(t);
    }
  }
}
