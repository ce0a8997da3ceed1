package dev.jvmm.machine.legacy;

import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.core.chardev.CharFrontend;
import dev.jvmm.core.chardev.Chardev;
import dev.jvmm.core.clock.Clock;
import dev.jvmm.core.irq.IrqLine;
import dev.jvmm.core.state.Resettable;
import dev.jvmm.core.state.Snapshottable;
import java.util.List;

/**
 * A 16550A UART (National Semiconductor PC16550D datasheet, june 1995).
 *
 * <p>A character goes to the host as soon as the guest has written it. Where the host takes no
 * more, it stays in the transmit FIFO and THRE stays clear; so nothing is lost, and the guest's own
 * flow control does the waiting. In the other direction the host is asked for no more than the
 * receive FIFO holds.
 *
 * <p>Not emulated: the speed (the divisor is only kept), word length, parity and stop bits (kept;
 * characters have eight bits), sending a break to the host, DMA mode, and modem lines of the host:
 * carrier, data set ready and clear to send are always on outside of loopback.
 *
 * <p>Thread: safe by its own monitor, which vCPUs, its timers and its character device's calls
 * take. Under it, it calls the interrupt line, its timers and the character device, whose locks are
 * leaves.
 */
public final class Uart16550
    implements BusDevice, CharFrontend, Resettable, Snapshottable<Uart16550.State> {

  // Registers; with LCR_DLAB set, the first two are the divisor latch.
  private static final int RBR_THR = 0;
  private static final int IER = 1;
  private static final int IIR_FCR = 2;
  private static final int LCR = 3;
  private static final int MCR = 4;
  private static final int LSR = 5;
  private static final int MSR = 6;
  private static final int SCR = 7;

  private static final int IER_ERBFI = 1 << 0; // received data available, and time-out
  private static final int IER_ETBEI = 1 << 1; // transmitter holding register empty
  private static final int IER_ELSI = 1 << 2; // receiver line status
  private static final int IER_EDSSI = 1 << 3; // modem status
  private static final int IER_WRITABLE = IER_ERBFI | IER_ETBEI | IER_ELSI | IER_EDSSI;

  private static final int IIR_NONE = 0x01;
  private static final int IIR_MODEM = 0x00;
  private static final int IIR_THRE = 0x02;
  private static final int IIR_RDA = 0x04;
  private static final int IIR_TIMEOUT = 0x0C;
  private static final int IIR_LINE = 0x06;
  private static final int IIR_FIFOS = 0xC0;

  private static final int FCR_ENABLE = 1 << 0;
  private static final int FCR_CLEAR_RX = 1 << 1;
  private static final int FCR_CLEAR_TX = 1 << 2;
  private static final int FCR_TRIGGER_SHIFT = 6;
  private static final int FCR_KEPT = FCR_ENABLE | (3 << FCR_TRIGGER_SHIFT);

  private static final int LCR_DLAB = 1 << 7;
  private static final int LCR_BREAK = 1 << 6;

  private static final int MCR_DTR = 1 << 0;
  private static final int MCR_RTS = 1 << 1;
  private static final int MCR_OUT1 = 1 << 2;
  private static final int MCR_OUT2 = 1 << 3; // on a PC, the gate of the interrupt
  private static final int MCR_LOOP = 1 << 4;
  private static final int MCR_WRITABLE = MCR_DTR | MCR_RTS | MCR_OUT1 | MCR_OUT2 | MCR_LOOP;

  private static final int LSR_DR = 1 << 0;
  // overrun, parity, framing, break: see UartReceiver
  private static final int LSR_THRE = 1 << 5;
  private static final int LSR_TEMT = 1 << 6;
  private static final int LSR_FIFO_ERROR = 1 << 7;

  private static final int MSR_DELTAS = 0x0F;
  private static final int MSR_TERI = 1 << 2; // ring has ended
  private static final int MSR_CTS = 1 << 4;
  private static final int MSR_DSR = 1 << 5;
  private static final int MSR_RI = 1 << 6;
  private static final int MSR_DCD = 1 << 7;
  private static final int MSR_HOST = MSR_CTS | MSR_DSR | MSR_DCD;

  /** How long an edge of the interrupt may be owed; see {@link #transmit}. */
  private static final long OWED_EDGE_NANOS = 1_000_000;

  private final Chardev chardev;
  private final IrqLine irq;
  private final LazyTimer owedEdge;
  private final UartReceiver receiver;
  private final TransmitFifo toSend;

  private int ier;
  private int fcr;
  private int lcr;
  private int mcr;
  private int msrDeltas;
  private int scr;
  private int divisor;
  private boolean threPending;

  private boolean hostWaits; // it was told that there is no room
  private boolean lineHigh;
  private boolean edgeOwed;
  private long overruns;

  /** What a snapshot keeps; {@code toSend} with the oldest character first. */
  public record State(Registers registers, UartReceiver.State receiver, List<Integer> toSend) {

    /** As after master reset. */
    public static final State POWER_ON =
        new State(Registers.POWER_ON, UartReceiver.State.EMPTY, List.of());

    /** Keeps the list from changing. */
    public State {
      toSend = List.copyOf(toSend);
    }
  }

  /** The registers, by the names of the datasheet. */
  record Registers(
      int ier,
      int fcr,
      int lcr,
      int mcr,
      int msrDeltas,
      int scr,
      int divisor,
      boolean threPending) {

    /** Master reset leaves the divisor undefined; it says 9600 baud. */
    static final Registers POWER_ON = new Registers(0, 0, 0, 0, 0, 0, 12, false);
  }

  /**
   * A UART in the given state. The machine then says {@code chardev.connect(uart)}.
   *
   * @param chardev where the characters go
   * @param irq its interrupt
   * @param clock the machine's time, for the receive time-out
   */
  public Uart16550(Chardev chardev, IrqLine irq, Clock clock, State state) {
    this.chardev = chardev;
    this.irq = irq;
    this.owedEdge = new LazyTimer(clock, OWED_EDGE_NANOS, this, this::payEdge);
    this.receiver = new UartReceiver(clock, this, this::updateLine, state.receiver());
    this.toSend = new TransmitFifo(state.toSend());
    setRegisters(state.registers());
    updateLine();
  }

  private void setRegisters(Registers registers) {
    ier = registers.ier() & IER_WRITABLE;
    fcr = registers.fcr() & FCR_KEPT;
    lcr = registers.lcr() & 0xFF;
    mcr = registers.mcr() & MCR_WRITABLE;
    msrDeltas = registers.msrDeltas() & MSR_DELTAS;
    scr = registers.scr() & 0xFF;
    divisor = registers.divisor() & 0xFFFF;
    threPending = registers.threPending();
    receiver.useFifo(fifosEnabled(), fcr >> FCR_TRIGGER_SHIFT);
  }

  @Override
  public synchronized State state() {
    return new State(
        new Registers(ier, fcr, lcr, mcr, msrDeltas, scr, divisor, threPending),
        receiver.state(),
        toSend.content());
  }

  /** Master reset. Input that waits at the host comes to the guest that boots next. */
  @Override
  public synchronized void reset() {
    receiver.reset();
    toSend.clear();
    setRegisters(Registers.POWER_ON);
    owedEdge.stop();
    edgeOwed = false;
    askForMore();
    updateLine();
  }

  /** How many characters were lost because the guest wrote or looped back into a full FIFO. */
  public synchronized long overruns() {
    return overruns + receiver.overruns();
  }

  /** One byte wide; any other width reads all ones. */
  @Override
  public synchronized long read(long offset, int size) {
    if (size != 1) {
      return ALL_ONES;
    }
    return switch ((int) offset) {
      case RBR_THR -> dlab() ? divisor & 0xFF : readReceiver();
      case IER -> dlab() ? divisor >> 8 : ier;
      case IIR_FCR -> readIdentification();
      case LCR -> lcr;
      case MCR -> mcr;
      case LSR -> readLineStatus();
      case MSR -> readModemStatus();
      case SCR -> scr;
      default -> ALL_ONES;
    };
  }

  /** One byte wide; any other width is ignored, and so are writes to LSR and MSR. */
  @Override
  public synchronized void write(long offset, int size, long value) {
    if (size != 1) {
      return;
    }
    int octet = (int) value & 0xFF;
    switch ((int) offset) {
      case RBR_THR -> {
        if (dlab()) {
          divisor = (divisor & 0xFF00) | octet;
        } else {
          transmit(octet);
        }
      }
      case IER -> {
        if (dlab()) {
          divisor = (divisor & 0xFF) | (octet << 8);
        } else {
          writeInterruptEnable(octet);
        }
      }
      case IIR_FCR -> writeFifoControl(octet);
      case LCR -> writeLineControl(octet);
      case MCR -> writeModemControl(octet);
      case SCR -> scr = octet;
      default -> {} // LSR and MSR are for the factory's tests
    }
  }

  private boolean dlab() {
    return (lcr & LCR_DLAB) != 0;
  }

  private boolean fifosEnabled() {
    return (fcr & FCR_ENABLE) != 0;
  }

  private boolean loopback() {
    return (mcr & MCR_LOOP) != 0;
  }

  /** The highest of the enabled interrupts that are pending (datasheet, table IV). */
  private int interrupt() {
    if ((ier & IER_ELSI) != 0 && receiver.lineErrors() != 0) {
      return IIR_LINE;
    }
    if ((ier & IER_ERBFI) != 0) {
      if (receiver.atTrigger()) {
        return IIR_RDA;
      }
      if (receiver.timedOut()) {
        return IIR_TIMEOUT;
      }
    }
    if ((ier & IER_ETBEI) != 0 && threPending) {
      return IIR_THRE;
    }
    return (ier & IER_EDSSI) != 0 && msrDeltas != 0 ? IIR_MODEM : IIR_NONE;
  }

  private boolean interrupting() {
    return (mcr & MCR_OUT2) != 0 && interrupt() != IIR_NONE;
  }

  private void updateLine() {
    lineHigh = interrupting();
    edgeOwed &= lineHigh;
    irq.set(lineHigh);
  }

  private int readIdentification() {
    int id = interrupt();
    if (id == IIR_THRE) {
      threPending = false;
      updateLine();
    }
    return fifosEnabled() ? id | IIR_FIFOS : id;
  }

  private int readLineStatus() {
    int lsr = receiver.flawed() ? LSR_FIFO_ERROR : 0;
    if (receiver.hasData()) {
      lsr |= LSR_DR;
    }
    if (toSend.isEmpty()) {
      lsr |= LSR_THRE | LSR_TEMT;
    }
    int errors = receiver.takeLineErrors();
    if (errors != 0) {
      updateLine();
    }
    return lsr | errors;
  }

  private int modemLines() {
    if (!loopback()) {
      return MSR_HOST;
    }
    return ((mcr & MCR_RTS) != 0 ? MSR_CTS : 0)
        | ((mcr & MCR_DTR) != 0 ? MSR_DSR : 0)
        | ((mcr & MCR_OUT1) != 0 ? MSR_RI : 0)
        | ((mcr & MCR_OUT2) != 0 ? MSR_DCD : 0);
  }

  private int readModemStatus() {
    int msr = modemLines() | msrDeltas;
    if (msrDeltas != 0) {
      msrDeltas = 0;
      updateLine();
    }
    return msr;
  }

  private void writeModemControl(int value) {
    int before = modemLines();
    boolean looped = loopback();
    mcr = value & MCR_WRITABLE;
    int changed = before ^ modemLines();
    msrDeltas |= (changed & ~MSR_RI) >> 4;
    if ((changed & before & MSR_RI) != 0) {
      msrDeltas |= MSR_TERI;
    }
    if (looped && !loopback()) {
      askForMore();
    }
    updateLine();
  }

  private void writeLineControl(int value) {
    boolean rises = (value & ~lcr & LCR_BREAK) != 0;
    lcr = value;
    if (rises && loopback()) {
      receiver.loopBackBreak();
      updateLine();
    }
  }

  /** Enabling the transmitter's interrupt while there is nothing to send raises it at once. */
  private void writeInterruptEnable(int value) {
    int enabled = value & ~ier;
    ier = value & IER_WRITABLE;
    if ((enabled & IER_ETBEI) != 0) {
      threPending = toSend.isEmpty();
    }
    updateLine();
  }

  private void writeFifoControl(int value) {
    boolean switched = ((value ^ fcr) & FCR_ENABLE) != 0;
    boolean enable = (value & FCR_ENABLE) != 0;
    if (switched || (enable && (value & FCR_CLEAR_RX) != 0)) {
      receiver.clear();
    }
    if (switched || (enable && (value & FCR_CLEAR_TX) != 0)) {
      threPending |= !toSend.isEmpty();
      toSend.clear();
    }
    fcr = enable ? value & FCR_KEPT : 0;
    receiver.useFifo(enable, fcr >> FCR_TRIGGER_SHIFT);
    askForMore();
    updateLine();
  }

  /**
   * Takes a character to send, and says at once that there is room for the next.
   *
   * <p>By the datasheet the interrupt falls with the write and rises when the FIFO is empty, so
   * that an edge follows each write. A driver that fills the FIFO in a loop needs the first of them
   * only, and each would cost two system calls. Hence with FIFOs enabled the further edges are
   * owed: reading IIR pays, as drivers do before they leave their interrupt handler; for one that
   * does not, a timer pays.
   */
  private void transmit(int character) {
    threPending = false;
    boolean falls = lineHigh && !interrupting();
    if (falls && !fifosEnabled()) {
      updateLine();
    }
    if (loopback()) {
      receiver.loopBack(character);
      threPending = true;
    } else {
      if (!toSend.add(character)) {
        overruns++;
      }
      threPending = toSend.drainTo(chardev);
    }
    if (falls && fifosEnabled() && threPending && !edgeOwed) {
      edgeOwed = true;
      owedEdge.restart();
    }
    updateLine();
  }

  private void payEdge() {
    if (edgeOwed) {
      irq.set(false);
      lineHigh = false;
      updateLine();
      edgeOwed = false;
    }
  }

  private int readReceiver() {
    int character = receiver.read();
    askForMore();
    updateLine();
    return character;
  }

  private void askForMore() {
    if (hostWaits && !loopback() && receiver.wantsMore()) {
      hostWaits = false;
      chardev.receiveReady();
    }
  }

  /** In loopback the receiver is cut off from the host, whose characters wait. */
  @Override
  public synchronized int receiveRoom() {
    int room = loopback() ? 0 : receiver.room();
    hostWaits = room == 0;
    return room;
  }

  @Override
  public synchronized void receive(byte[] bytes, int offset, int length) {
    for (int i = 0; i < length; i++) {
      receiver.arrive(bytes[offset + i] & 0xFF);
    }
    updateLine();
  }

  @Override
  public synchronized void writable() {
    if (!toSend.isEmpty()) {
      threPending = toSend.drainTo(chardev);
      updateLine();
    }
  }

  /** A break is a null character with BI; coming and going of the other side shows nowhere. */
  @Override
  public synchronized void event(Event event) {
    if (event == Event.BREAK && !loopback()) {
      receiver.arriveBreak();
      updateLine();
    }
  }
}
