package dev.jvmm.machine.acpi;

/**
 * The arithmetic of the PM timer (ACPI 6.3, 4.8.3.3): 3.579545 MHz, in numbers that don't overflow
 * for as long as a clock of nanoseconds doesn't.
 *
 * <p>Thread: immutable.
 *
 * @param bits how wide it counts: 24 or 32
 */
record PmTimer(int bits) {

  private static final long HZ = 3_579_545;
  private static final long NANOS = 1_000_000_000;

  /** What the register reads after {@code nanos}. */
  long value(long nanos) {
    return ticks(nanos) & ((1L << bits) - 1);
  }

  /** How often the highest bit has changed after {@code nanos}. */
  long halves(long nanos) {
    return ticks(nanos) >>> (bits - 1);
  }

  /** The first nanosecond at which it has changed {@code count} times. */
  long nanosOfHalf(long count) {
    long ticks = count << (bits - 1);
    return ticks / HZ * NANOS + Math.ceilDiv(ticks % HZ * NANOS, HZ);
  }

  private static long ticks(long nanos) {
    return nanos / NANOS * HZ + nanos % NANOS * HZ / NANOS;
  }
}
