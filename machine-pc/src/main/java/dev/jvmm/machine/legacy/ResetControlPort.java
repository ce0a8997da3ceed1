package dev.jvmm.machine.legacy;

import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.core.state.Resettable;
import dev.jvmm.core.state.Snapshottable;

/**
 * The reset control register at port 0xCF9 (Intel ICH9 datasheet, RST_CNT): how a guest asks for a
 * reset.
 *
 * <p>Not emulated: FULL_RST, the power cycle; a hard reset is all there is.
 *
 * <p>Thread: not thread-safe; register it {@link dev.jvmm.core.bus.Locked}, for bytes only: 32 bits
 * at 0xCF8 are PCI's.
 */
public final class ResetControlPort
    implements BusDevice, Resettable, Snapshottable<ResetControlPort.State> {

  /** Where it is, one byte wide. */
  public static final int PORT = 0xCF9;

  private static final int SYS_RST = 1 << 1; // hard, rather than soft, reset
  private static final int RST_CPU = 1 << 2; // its rising edge is the request
  private static final int WRITABLE = SYS_RST | RST_CPU;

  private final ResetListener listener;
  private int value;

  /** What a snapshot keeps. */
  public record State(int value) {

    /** No reset pending. */
    public static final State POWER_ON = new State(0);
  }

  /** A port in the given state. */
  public ResetControlPort(ResetListener listener, State state) {
    this.listener = listener;
    this.value = state.value() & WRITABLE;
  }

  @Override
  public State state() {
    return new State(value);
  }

  /** Power-on and system reset alike: no reset pending. */
  @Override
  public void reset() {
    value = 0;
  }

  /** One byte wide; any other width reads all ones, as an unclaimed port does. */
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
    if ((old & RST_CPU) == 0 && (value & RST_CPU) != 0) {
      listener.resetRequested((value & SYS_RST) != 0);
    }
  }
}
