package dev.jvmm.linux.libc;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;

/**
 * A thread's own native memory: where the C library's errno lands, and room for one call's
 * arguments.
 *
 * <p>Thread: each thread has its own, made at its first call and freed some time after its end.
 *
 * <p>The rule for {@link #memory()}: fill it, make the one call, read the answer. Whoever calls
 * another method of the bindings in between finds it overwritten.
 */
public final class Scratch {

  /** Room for the longest path (PATH_MAX, 4096) and for every small struct. */
  public static final int SIZE_BYTES = 4096;

  private static final ThreadLocal<Scratch> CURRENT =
      new ThreadLocal<>() {
        @Override
        protected Scratch initialValue() {
          return new Scratch();
        }
      };

  private final MemorySegment callState;
  private final MemorySegment memory;

  private Scratch() {
    // An automatic arena, because nobody learns of a thread's end: a confined one would never be
    // closed, and would be checked against its thread at each access.
    Arena arena = Arena.ofAuto();
    callState = arena.allocate(Linker.Option.captureStateLayout());
    memory = arena.allocate(SIZE_BYTES, Long.BYTES);
  }

  public static Scratch current() {
    return CURRENT.get();
  }

  MemorySegment callState() {
    return callState;
  }

  /** {@value #SIZE_BYTES} bytes, 8-aligned, with whatever the last call left in them. */
  public MemorySegment memory() {
    return memory;
  }

  /** The same with the first {@code sizeBytes} bytes cleared. */
  public MemorySegment cleared(int sizeBytes) {
    for (long offset = 0; offset < sizeBytes; offset += Long.BYTES) {
      memory.set(JAVA_LONG, offset, 0);
    }
    return memory;
  }
}
