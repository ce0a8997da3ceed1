package dev.jvmm.machine.acpi;

import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.core.clock.Clock;
import dev.jvmm.core.irq.IrqLine;
import dev.jvmm.core.state.Resettable;
import dev.jvmm.core.state.Snapshottable;

/**
 * The ACPI PM block (ACPI 6.3, 4.8.3.1 to 4.8.3.3): PM1a event and control registers, PM timer.
 *
 * <p>Reads and writes of 1, 2 and 4 bytes, aligned to their size; other reads are all ones and
 * other writes are ignored. SCI_EN always reads set: FADT's SMI_CMD is 0, so there is no other
 * mode.
 *
 * <p>Not emulated: any sleep state but S5, and so WAK_STS; the sleep button and the RTC's wake-up
 * (their enable bits hold what is written); bus mastering in C3; GBL_RLS, which would speak to
 * firmware; general-purpose events.
 *
 * <p>Thread: safe by its monitor, which {@link dev.jvmm.core.bus.Locked} takes as well; the button
 * is pressed on the machine's threads and the timer expires on the clock's.
 */
public final class AcpiPm
    implements BusDevice, Resettable, Snapshottable<AcpiPm.State>, AutoCloseable {

  /** How many ports it takes. */
  public static final int LENGTH = 12;

  static final int PM1_EVENT = 0; // status in the low 16 bits, enable in the high ones
  static final int PM1_CONTROL = 4;
  static final int PM_TIMER = 8;

  /** What {@code \_S5} tells the guest to write as SLP_TYP; so 0x2000 to 0x604 powers off. */
  static final int SLP_TYP_S5 = 0;

  // Status and enable have the same places.
  private static final int EVENT_TMR = 1;
  private static final int EVENT_GBL = 1 << 5;
  private static final int EVENT_PWRBTN = 1 << 8;
  private static final int EVENT_SLPBTN = 1 << 9;
  private static final int EVENT_RTC = 1 << 10;
  private static final int EVENTS = EVENT_TMR | EVENT_GBL | EVENT_PWRBTN | EVENT_SLPBTN | EVENT_RTC;

  private static final int CONTROL_SCI_EN = 1; // read-only, set
  private static final int CONTROL_BM_RLD = 1 << 1;
  private static final int CONTROL_SLP_TYP_SHIFT = 10;
  private static final int CONTROL_SLP_TYP = 7 << CONTROL_SLP_TYP_SHIFT;
  private static final int CONTROL_SLP_EN = 1 << 13; // reads 0
  private static final int CONTROL_KEPT = CONTROL_BM_RLD | CONTROL_SLP_TYP;

  private final IrqLine sci;
  private final Clock clock;
  private final Clock.Timer overflow;
  private final PmTimer timer;
  private final PowerOffListener listener;
  private long startNanos;
  private long halvesSeen;
  private int status;
  private int enable;
  private int control;

  /**
   * What a snapshot keeps.
   *
   * @param timerNanos how long the timer has been counting
   * @param halvesSeen how many changes of its highest bit the status has taken note of
   */
  public record State(int status, int enable, int control, long timerNanos, long halvesSeen) {

    /** At power-on. */
    public static final State POWER_ON = new State(0, 0, 0, 0, 0);
  }

  /**
   * What the block is connected to.
   *
   * @param sci its interrupt, a level
   * @param clock the time that the timer counts, which stands while the machine does
   * @param listener told of S5
   */
  public record Wiring(IrqLine sci, Clock clock, PowerOffListener listener) {}

  /** Starts in a state; the interrupt goes to where the state has it. */
  public AcpiPm(AcpiPmConfig config, Wiring wiring, State state) {
    sci = wiring.sci();
    clock = wiring.clock();
    listener = wiring.listener();
    timer = new PmTimer(config.timerBits());
    overflow = clock.newTimer(this::timerExpired);
    status = state.status() & EVENTS;
    enable = state.enable() & EVENTS;
    control = state.control() & CONTROL_KEPT;
    startNanos = clock.nanos() - state.timerNanos();
    halvesSeen = state.halvesSeen();
    synchronized (this) { // the timer's thread may be here as soon as it is armed
      update();
    }
  }

  /** Asks the guest to shut down, as a press of the button does. */
  public synchronized void pressPowerButton() {
    status |= EVENT_PWRBTN;
    update();
  }

  @Override
  public synchronized State state() {
    return new State(status, enable, control, timerNanos(), halvesSeen);
  }

  @Override
  public synchronized void reset() {
    status = 0;
    enable = 0;
    control = 0;
    startNanos = clock.nanos();
    halvesSeen = 0;
    update();
  }

  /** Lets its timer go. */
  @Override
  public void close() {
    overflow.close();
  }

  @Override
  public synchronized long read(long offset, int size) {
    if (refused(offset, size)) {
      return ALL_ONES;
    }
    long register =
        switch ((int) offset & ~3) {
          case PM1_EVENT -> statusNow() | ((long) enable << 16);
          case PM1_CONTROL -> control | CONTROL_SCI_EN;
          case PM_TIMER -> timer.value(timerNanos());
          default -> ALL_ONES;
        };
    return register >>> (8 * (offset & 3));
  }

  @Override
  public synchronized void write(long offset, int size, long value) {
    if (refused(offset, size)) {
      return;
    }
    int shift = 8 * ((int) offset & 3);
    int mask = (int) (-1L >>> (64 - 8 * size)) << shift;
    int bits = ((int) value << shift) & mask;
    switch ((int) offset & ~3) {
      case PM1_EVENT -> writeEvent(mask, bits);
      case PM1_CONTROL -> writeControl(mask, bits);
      default -> {} // the timer is read-only
    }
  }

  private static boolean refused(long offset, int size) {
    return size > 4 || offset % size != 0;
  }

  /** Status bits go where 1 is written, enable bits become what is written. */
  private void writeEvent(int mask, int bits) {
    status = statusNow() & ~bits;
    enable = ((enable & ~(mask >>> 16)) | (bits >>> 16)) & EVENTS;
    update();
  }

  private void writeControl(int mask, int bits) {
    control = ((control & ~mask) | bits) & CONTROL_KEPT;
    boolean s5 = (control & CONTROL_SLP_TYP) == SLP_TYP_S5 << CONTROL_SLP_TYP_SHIFT;
    if ((bits & CONTROL_SLP_EN) != 0 && s5) {
      listener.powerOffRequested();
    }
  }

  private synchronized void timerExpired() {
    update();
  }

  /** Brings the interrupt and the alarm to where status and enable have them. */
  private void update() {
    sci.set((statusNow() & enable) != 0);
    if ((enable & ~status & EVENT_TMR) != 0) {
      overflow.arm(startNanos + timer.nanosOfHalf(halvesSeen + 1));
    } else {
      overflow.disarm();
    }
  }

  /** TMR_STS is set by each change of the timer's highest bit (4.8.3.3). */
  private int statusNow() {
    long halves = timer.halves(timerNanos());
    if (halves != halvesSeen) {
      halvesSeen = halves;
      status |= EVENT_TMR;
    }
    return status;
  }

  private long timerNanos() {
    return clock.nanos() - startNanos;
  }
}
