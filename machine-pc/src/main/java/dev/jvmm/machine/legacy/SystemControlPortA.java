package dev.jvmm.machine.legacy;

import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.core.state.Resettable;
import dev.jvmm.core.state.Snapshottable;

/**
 * System control port A at 0x92 (IBM PS/2 technical reference; Intel ICH9 datasheet, PORT92): fast
 * reset and fast A20.
 *
 * <p>Not emulated: the A20 gate itself (memory never wraps at 1 MiB, the bit is only kept), and the
 * lock, watchdog and light bits of the PS/2.
 *
 * <p>Thread: not thread-safe; register it {@link dev.jvmm.core.bus.Locked}.
 */
public final class SystemControlPortA
    implements BusDevice, Resettable, Snapshottable<SystemControlPortA.State> {

  /** Where it is, one byte wide. */
  public static final int PORT = 0x92;

  private static final int INIT_NOW = 1 << 0; // its rising edge resets the CPU
  private static final int ALT_A20_GATE = 1 << 1;
  private static final int WRITABLE = INIT_NOW | ALT_A20_GATE;

  private final ResetListener listener;
  private int value;

  /** What a snapshot keeps. */
  public record State(int value) {

    /** A20 is on, as it always is here. */
    public static final State POWER_ON = new State(ALT_A20_GATE);
  }

  /** A port in the given state. */
  public SystemControlPortA(ResetListener listener, State state) {
    this.listener = listener;
    this.value = state.value() & WRITABLE;
  }

  @Override
  public State state() {
    return new State(value);
  }

  @Override
  public void reset() {
    value = State.POWER_ON.value();
  }

  @Override
  public long read(long offset, int size) {
    return size == 1 ? value : ALL_ONES;
  }

  @Override
  public void write(long offset, int size, long newValue) {
    if (size != 1) {
      return;
    }
    int old = value;
    value = (int) newValue & WRITABLE;
    if ((old & INIT_NOW) == 0 && (value & INIT_NOW) != 0) {
      listener.resetRequested(false);
    }
  }
}
