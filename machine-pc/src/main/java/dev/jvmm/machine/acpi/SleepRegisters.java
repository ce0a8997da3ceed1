package dev.jvmm.machine.acpi;

import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.core.state.Resettable;
import dev.jvmm.core.state.Snapshottable;

/**
 * The sleep control and status registers of hardware-reduced ACPI (ACPI 6.3, 4.8.3.7): how the
 * guest powers off.
 *
 * <p>Not emulated: any sleep state but S5, so WAK_STS is never set.
 *
 * <p>Thread: not thread-safe; register it {@link dev.jvmm.core.bus.Locked}.
 */
public final class SleepRegisters
    implements BusDevice, Resettable, Snapshottable<SleepRegisters.State> {

  /** How many ports it takes. */
  public static final int LENGTH = 2;

  static final int SLEEP_CONTROL = 0;
  static final int SLEEP_STATUS = 1;

  /** What {@code \_S5} tells the guest to write as SLP_TYP. */
  static final int SLP_TYP_S5 = 5;

  private static final int CONTROL_SLP_TYP_SHIFT = 2;
  private static final int CONTROL_SLP_TYP = 7 << CONTROL_SLP_TYP_SHIFT;
  private static final int CONTROL_SLP_EN = 1 << 5; // reads 0

  private final PowerOffListener listener;
  private int control;

  /** What a snapshot keeps. */
  public record State(int control) {

    /** At power-on. */
    public static final State POWER_ON = new State(0);
  }

  /** Starts in a state. */
  public SleepRegisters(PowerOffListener listener, State state) {
    this.listener = listener;
    this.control = state.control() & CONTROL_SLP_TYP;
  }

  @Override
  public State state() {
    return new State(control);
  }

  @Override
  public void reset() {
    control = 0;
  }

  /** Bytes; any other width reads all ones. */
  @Override
  public long read(long offset, int size) {
    if (size != 1) {
      return ALL_ONES;
    }
    return offset == SLEEP_CONTROL ? control : 0;
  }

  /** Bytes; any other width is ignored, as is a sleep state that there isn't. */
  @Override
  public void write(long offset, int size, long value) {
    if (size != 1 || offset != SLEEP_CONTROL) {
      return; // status: nothing to clear
    }
    control = (int) value & CONTROL_SLP_TYP;
    if ((value & CONTROL_SLP_EN) != 0 && control == SLP_TYP_S5 << CONTROL_SLP_TYP_SHIFT) {
      listener.powerOffRequested();
    }
  }
}
