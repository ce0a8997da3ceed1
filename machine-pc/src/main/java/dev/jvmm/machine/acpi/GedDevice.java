package dev.jvmm.machine.acpi;

import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.core.irq.IrqLine;
import dev.jvmm.core.state.Resettable;
import dev.jvmm.core.state.Snapshottable;

/**
 * The register behind the generic event device (ACPI 6.3, 5.6.9): which events wait for the guest.
 *
 * <p>It is 32 bits wide and our own: its only reader is the {@code _EVT} method that our DSDT
 * brings. A read answers the events that wait and forgets them; the interrupt is a level, high
 * while one waits, so that none is lost between two reads.
 *
 * <p>Thread: safe by its monitor; the machine's threads press the button while vCPUs read.
 */
public final class GedDevice implements BusDevice, Resettable, Snapshottable<GedDevice.State> {

  /** How many ports it takes. */
  public static final int LENGTH = 4;

  static final int EVENT_POWER_BUTTON = 1;

  private static final int EVENTS = EVENT_POWER_BUTTON;

  private final IrqLine line;
  private int events;

  /** What a snapshot keeps. */
  public record State(int events) {

    /** At power-on. */
    public static final State POWER_ON = new State(0);
  }

  /** Starts in a state; the line goes to where the state has it. */
  public GedDevice(IrqLine line, State state) {
    this.line = line;
    this.events = state.events() & EVENTS;
    line.set(events != 0);
  }

  /** Asks the guest to shut down, as a press of the button does. */
  public synchronized void pressPowerButton() {
    events |= EVENT_POWER_BUTTON;
    line.set(true);
  }

  @Override
  public synchronized State state() {
    return new State(events);
  }

  @Override
  public synchronized void reset() {
    events = 0;
    line.set(false);
  }

  /** Four bytes; any other width reads all ones and forgets nothing. */
  @Override
  public synchronized long read(long offset, int size) {
    if (size != LENGTH) {
      return ALL_ONES;
    }
    int waiting = events;
    events = 0;
    line.set(false);
    return waiting;
  }

  /** Read-only. */
  @Override
  public void write(long offset, int size, long value) {}
}
