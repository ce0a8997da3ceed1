package dev.jvmm.machine.legacy;

import dev.jvmm.core.clock.Clock;
import java.util.List;

/**
 * The receiving half of a {@link Uart16550}: the FIFO, the line's errors, the trigger level and the
 * time-out.
 *
 * <p>Thread: confined to the monitor of its UART.
 */
final class UartReceiver {

  static final int LSR_OE = 1 << 1; // overrun
  static final int LSR_BI = 1 << 4; // break

  private static final int ERRORS_SHIFT = 8; // in an entry of the FIFO, above the character
  private static final int[] TRIGGERS = {1, 4, 8, 14};

  /** Four characters at 115,200 baud: how long a few of them wait for more to come. */
  private static final long TIMEOUT_NANOS = 350_000;

  private final ReceiveFifo fifo;
  private final LazyTimer timeout;
  private int capacity = 1;
  private int trigger = 1;
  private int lineErrors;
  private boolean timeoutPending;
  private boolean breakOwed; // it came while the FIFO was full
  private long overruns;

  /** What a snapshot keeps, the oldest entry first. */
  record State(List<Integer> entries, int lineErrors, boolean timeoutPending, boolean breakOwed) {

    static final State EMPTY = new State(List.of(), 0, false, false);

    State {
      entries = List.copyOf(entries);
    }
  }

  /** A receiver with FIFOs off; {@code timedOut} is called with {@code monitor} held. */
  UartReceiver(Clock clock, Object monitor, Runnable timedOut, State state) {
    this.fifo = new ReceiveFifo(state.entries());
    this.timeout =
        new LazyTimer(
            clock,
            TIMEOUT_NANOS,
            monitor,
            () -> {
              if (usesFifo() && !fifo.isEmpty()) {
                timeoutPending = true;
                timedOut.run();
              }
            });
    this.lineErrors = state.lineErrors() & (LSR_OE | LSR_BI);
    this.timeoutPending = state.timeoutPending();
    this.breakOwed = state.breakOwed();
  }

  State state() {
    return new State(fifo.content(), lineErrors, timeoutPending, breakOwed);
  }

  void reset() {
    clear();
    lineErrors = 0;
    breakOwed = false;
    useFifo(false, 0);
  }

  /** FCR's say: whether there is a FIFO, and which of the four trigger levels counts. */
  void useFifo(boolean on, int triggerCode) {
    capacity = on ? ReceiveFifo.DEPTH : 1;
    trigger = on ? TRIGGERS[triggerCode] : 1;
    restartTimeout();
  }

  private boolean usesFifo() {
    return capacity > 1;
  }

  void clear() {
    fifo.clear();
    lineErrors &= LSR_OE;
    timeoutPending = false;
    timeout.stop();
  }

  long overruns() {
    return overruns;
  }

  boolean hasData() {
    return !fifo.isEmpty();
  }

  /** Whether enough characters are there for an interrupt. */
  boolean atTrigger() {
    return fifo.count() >= trigger;
  }

  /** Whether a few characters have waited long enough for an interrupt. */
  boolean timedOut() {
    return timeoutPending;
  }

  int room() {
    return Math.max(0, capacity - fifo.count());
  }

  /** Half of the FIFO free: early enough to keep a stream going, and not a call a character. */
  boolean wantsMore() {
    return fifo.count() <= capacity / 2;
  }

  int lineErrors() {
    return lineErrors;
  }

  int takeLineErrors() {
    int errors = lineErrors;
    lineErrors = 0;
    return errors;
  }

  /** Whether a character in the FIFO, or the one to be read next, has an error of its own. */
  boolean flawed() {
    return usesFifo() && ((lineErrors & LSR_BI) != 0 || fifo.flawed());
  }

  /** The next character; 0 where there is none. */
  int read() {
    if (fifo.isEmpty()) {
      return 0;
    }
    int character = fifo.take();
    timeoutPending = false;
    if (breakOwed) {
      breakOwed = false;
      fifo.add(0, LSR_BI << ERRORS_SHIFT);
    }
    revealErrors();
    restartTimeout();
    return character;
  }

  /**
   * Takes a character from the host. Where the guest has switched its FIFOs off since the host
   * asked for room, the FIFO takes it all the same, so that none is lost.
   */
  void arrive(int character) {
    arrive(character, 0);
  }

  /** A break from the host: a null character with an error; it is kept where there is no room. */
  void arriveBreak() {
    if (fifo.isFull()) {
      breakOwed = true;
    } else {
      arrive(0, LSR_BI << ERRORS_SHIFT);
    }
  }

  /** A character from the UART's own transmitter; here the guest can overrun itself. */
  void loopBack(int character) {
    loopBack(character, 0);
  }

  /** A break from the UART's own transmitter. */
  void loopBackBreak() {
    loopBack(0, LSR_BI << ERRORS_SHIFT);
  }

  private void loopBack(int character, int errors) {
    if (!usesFifo() && !fifo.isEmpty()) {
      fifo.take(); // the buffer register is overwritten, a full FIFO is not
      overrun();
    }
    arrive(character, errors);
  }

  private void arrive(int character, int errors) {
    if (fifo.isFull()) {
      overrun();
      return;
    }
    fifo.add(character, errors);
    revealErrors();
    restartTimeout();
  }

  private void overrun() {
    overruns++;
    lineErrors |= LSR_OE;
  }

  /** The errors of a character show in LSR when it is the next to be read. */
  private void revealErrors() {
    lineErrors |= fifo.takeErrors() >> ERRORS_SHIFT;
  }

  private void restartTimeout() {
    if (usesFifo() && !fifo.isEmpty() && !atTrigger()) {
      timeout.restart();
    }
  }
}
