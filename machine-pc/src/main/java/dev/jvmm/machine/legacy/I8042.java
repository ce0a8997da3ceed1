package dev.jvmm.machine.legacy;

import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.core.irq.IrqLine;
import dev.jvmm.core.state.Resettable;
import dev.jvmm.core.state.Snapshottable;

/**
 * The keyboard controller with a keyboard and a mouse (IBM PS/2 technical reference, keyboard
 * controller type 1; Intel 8042).
 *
 * <p>Every command is answered at once and the input buffer is never full, since a guest waits for
 * each answer by thousands of reads. Bytes for the guest stand in three queues; the output buffer
 * takes the controller's own answers first, then the keyboard's, then the mouse's, and each byte is
 * an edge of its interrupt.
 *
 * <p>Not emulated: A20 (memory never wraps at 1 MiB, the bit is only kept), the password (none is
 * set), the controller's RAM beyond the command byte, the lock, parity and time-out errors, and the
 * multiplexing of several mice.
 *
 * <p>Thread: safe by its own monitor; its two ports go on the bus as they are.
 */
public final class I8042 implements Resettable, Snapshottable<I8042.State> {

  /** Where {@link #dataPort} belongs, one byte wide. */
  public static final int DATA = 0x60;

  /** Where {@link #commandPort} belongs, one byte wide. */
  public static final int COMMAND = 0x64;

  /** The keyboard's interrupt. */
  public static final int KEYBOARD_IRQ = 1;

  /** The mouse's interrupt. */
  public static final int MOUSE_IRQ = 12;

  private static final int STR_OBF = 1 << 0; // a byte for the guest
  private static final int STR_SYS = 1 << 2; // the self test has passed
  private static final int STR_CMD = 1 << 3; // the last write was to the command port
  private static final int STR_UNLOCKED = 1 << 4;
  private static final int STR_AUX = 1 << 5; // the byte is the mouse's

  private static final int CTR_KBD_INT = 1 << 0;
  private static final int CTR_AUX_INT = 1 << 1;
  private static final int CTR_SYS = 1 << 2;
  private static final int CTR_KBD_OFF = 1 << 4;
  private static final int CTR_AUX_OFF = 1 << 5;
  private static final int CTR_TRANSLATE = 1 << 6;

  private static final int READ_CTR = 0x20;
  private static final int WRITE_CTR = 0x60;
  private static final int TEST_PASSWORD = 0xA4;
  private static final int AUX_OFF = 0xA7;
  private static final int AUX_ON = 0xA8;
  private static final int TEST_AUX = 0xA9;
  private static final int SELF_TEST = 0xAA;
  private static final int TEST_KBD = 0xAB;
  private static final int KBD_OFF = 0xAD;
  private static final int KBD_ON = 0xAE;
  private static final int VERSION = 0xA1;
  private static final int READ_INPUT_PORT = 0xC0;
  private static final int READ_OUTPUT_PORT = 0xD0;
  private static final int WRITE_OUTPUT_PORT = 0xD1;
  private static final int LOOP_KBD = 0xD2;
  private static final int LOOP_AUX = 0xD3;
  private static final int WRITE_AUX = 0xD4;
  private static final int A20_OFF = 0xDD;
  private static final int A20_ON = 0xDF;
  private static final int READ_TEST_INPUTS = 0xE0;
  private static final int PULSE = 0xF0; // to 0xFF: the clear bits of the low four are pulsed

  private static final int SELF_TEST_PASSED = 0x55;
  private static final int INTERFACE_PASSED = 0x00;
  private static final int NO_PASSWORD = 0xF1;
  private static final int INPUT_PORT_VALUE = 0x80; // the keyboard is not locked

  private static final int OUT_NO_RESET = 1 << 0;
  private static final int OUT_A20 = 1 << 1;
  private static final int OUT_KBD_IRQ = 1 << 4;
  private static final int OUT_AUX_IRQ = 1 << 5;
  private static final int OUT_LINES = 0xCC; // pulled up
  private static final int OUT_WRITABLE = OUT_NO_RESET | OUT_A20 | OUT_LINES;

  private static final int NO_COMMAND = 0;
  private static final int NOTHING = -1;

  /** Whose byte is in the output buffer. */
  enum Source {
    CONTROLLER,
    KEYBOARD,
    MOUSE
  }

  private final BusDevice dataPort = new DataPort();
  private final BusDevice commandPort = new CommandPort();
  private final IrqLine keyboardIrq;
  private final IrqLine mouseIrq;
  private final ResetListener listener;
  private final ScanCodes scanCodes;
  private final Ps2Keyboard keyboard;
  private final Ps2Mouse mouse;

  private int ctr;
  private int outputPort;
  private int command; // one that waits for its argument
  private boolean commandWritten;
  private boolean selfTested;
  private int answer; // of the controller, not yet in the output buffer; or NOTHING
  private Source answerFrom;
  private int output; // what port 0x60 reads
  private boolean full;
  private Source from;

  /** What a snapshot keeps. */
  public record State(
      int ctr,
      int outputPort,
      int command,
      boolean commandWritten,
      boolean selfTested,
      int output,
      boolean full,
      Source from,
      int answer,
      Source answerFrom,
      boolean releasing,
      Ps2Keyboard.State keyboard,
      Ps2Mouse.State mouse) {

    /** As firmware leaves it: self test passed, keyboard on and translated, with its interrupt. */
    public static final State POWER_ON =
        new State(
            CTR_KBD_INT | CTR_AUX_INT | CTR_SYS | CTR_TRANSLATE,
            OUT_NO_RESET | OUT_A20 | OUT_LINES,
            NO_COMMAND,
            false,
            true,
            0,
            false,
            Source.CONTROLLER,
            NOTHING,
            Source.CONTROLLER,
            false,
            Ps2Keyboard.State.POWER_ON,
            Ps2Mouse.State.POWER_ON);
  }

  private final class DataPort implements BusDevice {
    @Override
    public long read(long offset, int size) {
      return size == 1 ? readData() : ALL_ONES;
    }

    @Override
    public void write(long offset, int size, long value) {
      if (size == 1) {
        writeData((int) value & 0xFF);
      }
    }
  }

  private final class CommandPort implements BusDevice {
    @Override
    public long read(long offset, int size) {
      return size == 1 ? readStatus() : ALL_ONES;
    }

    @Override
    public void write(long offset, int size, long value) {
      if (size == 1) {
        writeCommand((int) value & 0xFF);
      }
    }
  }

  /**
   * A controller in the given state.
   *
   * @param keyboardIrq interrupt 1
   * @param mouseIrq interrupt 12
   * @param listener told when the guest pulses the reset line
   */
  public I8042(IrqLine keyboardIrq, IrqLine mouseIrq, ResetListener listener, State state) {
    this.keyboardIrq = keyboardIrq;
    this.mouseIrq = mouseIrq;
    this.listener = listener;
    this.keyboard = new Ps2Keyboard(state.keyboard());
    this.mouse = new Ps2Mouse(state.mouse());
    this.scanCodes = new ScanCodes(state.releasing());
    this.from = state.from();
    this.answerFrom = state.answerFrom();
    set(state);
  }

  private void set(State state) {
    ctr = state.ctr() & 0xFF;
    outputPort = state.outputPort() & OUT_WRITABLE;
    command = state.command() & 0xFF;
    commandWritten = state.commandWritten();
    selfTested = state.selfTested();
    output = state.output() & 0xFF;
    full = state.full();
    from = state.from();
    answer = Math.max(NOTHING, state.answer());
    answerFrom = state.answerFrom();
    updateLines();
  }

  @Override
  public synchronized State state() {
    return new State(
        ctr,
        outputPort,
        command,
        commandWritten,
        selfTested,
        output,
        full,
        from,
        answer,
        answerFrom,
        scanCodes.releasing(),
        keyboard.state(),
        mouse.state());
  }

  @Override
  public synchronized void reset() {
    keyboard.reset();
    mouse.reset();
    scanCodes.reset();
    set(State.POWER_ON);
  }

  /** The port at {@link #DATA}. */
  public BusDevice dataPort() {
    return dataPort;
  }

  /** The port at {@link #COMMAND}. */
  public BusDevice commandPort() {
    return commandPort;
  }

  /** Presses or releases a key: its bytes in scan code set 2. */
  public synchronized void press(int... codes) {
    keyboard.press(codes);
    fill();
  }

  private synchronized int readStatus() {
    return STR_UNLOCKED
        | (full ? STR_OBF : 0)
        | (full && from == Source.MOUSE ? STR_AUX : 0)
        | (selfTested ? STR_SYS : 0)
        | (commandWritten ? STR_CMD : 0);
  }

  /** An empty buffer reads what it held last. */
  private synchronized int readData() {
    int value = output;
    full = false;
    updateLines(); // down, so that the next byte is an edge
    fill();
    return value;
  }

  private synchronized void writeCommand(int value) {
    commandWritten = true;
    command = NO_COMMAND;
    switch (value) {
      case READ_CTR -> answer(ctr);
      case WRITE_CTR, WRITE_OUTPUT_PORT, LOOP_KBD, LOOP_AUX, WRITE_AUX -> command = value;
      case TEST_PASSWORD -> answer(NO_PASSWORD);
      case AUX_OFF -> ctr |= CTR_AUX_OFF;
      case AUX_ON -> ctr &= ~CTR_AUX_OFF;
      case TEST_AUX, TEST_KBD -> answer(INTERFACE_PASSED);
      case SELF_TEST -> {
        selfTested = true;
        answer(SELF_TEST_PASSED);
      }
      case KBD_OFF -> ctr |= CTR_KBD_OFF;
      case KBD_ON -> ctr &= ~CTR_KBD_OFF;
      case VERSION, READ_TEST_INPUTS -> answer(0);
      case READ_INPUT_PORT -> answer(INPUT_PORT_VALUE);
      case READ_OUTPUT_PORT -> answer(outputPortPins());
      case A20_OFF -> outputPort &= ~OUT_A20;
      case A20_ON -> outputPort |= OUT_A20;
      default -> {
        if (value > READ_CTR && value < READ_CTR + 0x20) {
          answer(0); // RAM that no one has written
        } else if (value > WRITE_CTR && value < WRITE_CTR + 0x20) {
          command = value; // its argument goes nowhere
        } else if (value >= PULSE && (value & OUT_NO_RESET) == 0) {
          listener.resetRequested(false);
        }
      }
    }
    fill();
  }

  private synchronized void writeData(int value) {
    commandWritten = false;
    int waiting = command;
    command = NO_COMMAND;
    switch (waiting) {
      case NO_COMMAND -> {
        ctr &= ~CTR_KBD_OFF; // talking to it switches it on
        keyboard.write(value);
      }
      case WRITE_CTR -> {
        ctr = value;
        selfTested = (value & CTR_SYS) != 0;
        updateLines();
      }
      case WRITE_OUTPUT_PORT -> writeOutputPort(value);
      case LOOP_KBD -> answer(Source.KEYBOARD, value);
      case LOOP_AUX -> answer(Source.MOUSE, value);
      case WRITE_AUX -> {
        ctr &= ~CTR_AUX_OFF;
        mouse.write(value);
      }
      default -> {} // RAM that no one reads
    }
    fill();
  }

  private void writeOutputPort(int value) {
    outputPort = (value & OUT_WRITABLE) | OUT_NO_RESET;
    if ((value & OUT_NO_RESET) == 0) {
      listener.resetRequested(false);
    }
  }

  private int outputPortPins() {
    int pins = outputPort;
    if (full) {
      pins |= from == Source.MOUSE ? OUT_AUX_IRQ : OUT_KBD_IRQ;
    }
    return pins;
  }

  /** The guest waits for this: it goes before what the devices have to say. */
  private void answer(int value) {
    answer(Source.CONTROLLER, value);
  }

  private void answer(Source source, int value) {
    answer = value;
    answerFrom = source;
  }

  /** Moves the next byte to the output buffer where that is empty. */
  private void fill() {
    if (full) {
      return;
    }
    if (answer != NOTHING) {
      put(answerFrom, answer);
      answer = NOTHING;
      return;
    }
    while (!full && (ctr & CTR_KBD_OFF) == 0 && keyboard.hasNext()) {
      int code = keyboard.next();
      int value = (ctr & CTR_TRANSLATE) != 0 ? scanCodes.translate(code) : code;
      if (value != ScanCodes.NOTHING) {
        put(Source.KEYBOARD, value);
      }
    }
    if (!full && (ctr & CTR_AUX_OFF) == 0 && mouse.hasNext()) {
      put(Source.MOUSE, mouse.next());
    }
  }

  private void put(Source source, int value) {
    output = value;
    from = source;
    full = true;
    updateLines();
  }

  /** The controller's own answers raise the keyboard's interrupt, as they do in hardware. */
  private void updateLines() {
    boolean mouses = from == Source.MOUSE;
    keyboardIrq.set(full && !mouses && (ctr & CTR_KBD_INT) != 0);
    mouseIrq.set(full && mouses && (ctr & CTR_AUX_INT) != 0);
  }
}
