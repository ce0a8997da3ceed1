package dev.jvmm.machine.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.core.chardev.CharFrontend;
import dev.jvmm.core.chardev.Chardev;
import dev.jvmm.core.chardev.WindowSize;
import dev.jvmm.core.clock.ManualClock;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Uart16550Test extends BusDeviceContract {

  private static final int DATA = 0;
  private static final int IER = 1;
  private static final int FCR = 2;
  private static final int IIR = 2;
  private static final int LCR = 3;
  private static final int MCR = 4;
  private static final int LSR = 5;
  private static final int MSR = 6;
  private static final int SCR = 7;

  private static final int RDI = 1;
  private static final int THRI = 2;
  private static final int RLSI = 4;
  private static final int MSI = 8;

  private static final int NONE = 0xC1;
  private static final int THRE = 0xC2;
  private static final int DATA_READY = 0xC4;
  private static final int LINE_STATUS = 0xC6;
  private static final int TIMEOUT = 0xCC;

  private static final int OUT2 = 8;
  private static final int LOOP = 0x10;
  private static final long MILLISECOND = 1_000_000;

  private final ScriptedChardev host = new ScriptedChardev();
  private final ObservedLine irq = new ObservedLine();
  private final ManualClock clock = new ManualClock();
  private final Uart16550 uart = connected(Uart16550.State.POWER_ON);

  @Override
  protected BusDevice newDevice() {
    return uart;
  }

  @Override
  protected int length() {
    return ComPort.LENGTH;
  }

  @Override
  protected void meanwhile(Random random) {
    clock.advance(random.nextInt(1_000_000));
    host.type("x");
    host.sendBreak();
    host.becomeWritable(random.nextInt(20));
  }

  private Uart16550 connected(Uart16550.State state) {
    Uart16550 made = new Uart16550(host, irq, clock, state);
    host.connect(made);
    return made;
  }

  private int in(int register) {
    return (int) uart.read(register, 1);
  }

  private void out(int register, int value) {
    uart.write(register, 1, value);
  }

  private void enableFifos(int triggerCode) {
    out(FCR, 1 | triggerCode << 6);
    out(MCR, OUT2);
  }

  private void print(String text) {
    text.chars().forEach(character -> out(DATA, character));
  }

  private String readAll() {
    StringBuilder text = new StringBuilder();
    while ((in(LSR) & 1) != 0) {
      text.append((char) in(DATA));
    }
    return text.toString();
  }

  @Test
  void powerOn_registersAreAsTheDatasheetSays() {
    assertThat(in(IER)).isZero();
    assertThat(in(IIR)).isEqualTo(1);
    assertThat(in(LCR)).isZero();
    assertThat(in(MCR)).isZero();
    assertThat(in(LSR)).isEqualTo(0x60);
    assertThat(in(MSR)).isEqualTo(0xB0);
    assertThat(in(SCR)).isZero();
  }

  @Test
  void written_reachesTheHostAtOnceAndThreStaysSet() {
    enableFifos(0);

    print("hello\n");

    assertThat(host.text()).isEqualTo("hello\n");
    assertThat(in(LSR)).isEqualTo(0x60);
  }

  @Test
  void divisorLatch_isKeptApartFromTheOtherRegisters() {
    out(IER, RDI);
    out(LCR, 0x83);
    out(DATA, 0x34);
    out(IER, 0x12);

    assertThat(in(DATA) | in(IER) << 8).isEqualTo(0x1234);
    out(LCR, 3);
    assertThat(in(IER)).isEqualTo(RDI);
    assertThat(host.text()).isEmpty();
  }

  @Test
  void scratch_keepsAnyByte() {
    out(SCR, 0xA5);
    assertThat(in(SCR)).isEqualTo(0xA5);
  }

  @Test
  void wideAccess_readsOnesAndWritesNothing() {
    uart.write(SCR, 2, 0x5555);
    assertThat(uart.read(SCR, 2)).isEqualTo(-1);
    assertThat(in(SCR)).isZero();
  }

  @Test
  void hostThatTakesNoMore_leavesTheRestInTheFifoUntilItDoes() {
    enableFifos(0);
    host.takeOnly(3);

    print("abcdefgh");

    assertThat(in(LSR) & 0x60).isZero();
    assertThat(host.text()).isEqualTo("abc");
    host.becomeWritable(2);
    assertThat(in(LSR) & 0x60).isZero();
    host.becomeWritable(100);
    assertThat(host.text()).isEqualTo("abcdefgh");
    assertThat(in(LSR) & 0x60).isEqualTo(0x60);
    assertThat(uart.overruns()).isZero();
  }

  @Test
  void slowHost_losesNothingOfADriverThatWaitsForThre() {
    enableFifos(0);
    host.takeOnly(0);
    StringBuilder sent = new StringBuilder();
    for (int i = 0; i < 10_000; i++) {
      if ((in(LSR) & 0x20) == 0) {
        host.becomeWritable(1 + i % 7);
      } else {
        char character = (char) ('a' + i % 26);
        sent.append(character);
        out(DATA, character);
      }
    }
    host.becomeWritable(100);

    assertThat(host.text()).isEqualTo(sent.toString());
  }

  @Test
  void fullTransmitFifo_losesAndCountsWhatIsWrittenNext() {
    enableFifos(0);
    host.takeOnly(0);

    print("0123456789abcdefXY");
    host.becomeWritable(100);

    assertThat(host.text()).isEqualTo("0123456789abcdef");
    assertThat(uart.overruns()).isEqualTo(2);
  }

  @Test
  void transmitInterrupt_comesWhenItIsEnabledAndGoesWhenItIsRead() {
    enableFifos(0);

    out(IER, THRI);

    assertThat(irq.high()).isTrue();
    assertThat(in(IIR)).isEqualTo(THRE);
    assertThat(irq.high()).isFalse();
    assertThat(in(IIR)).isEqualTo(NONE);
  }

  @Test
  void transmitInterrupt_comesAgainAfterABurst() {
    enableFifos(0);
    out(IER, THRI);
    in(IIR);

    print("0123456789abcdef");

    assertThat(irq.high()).isTrue();
    assertThat(in(IIR)).isEqualTo(THRE);
    assertThat(irq.high()).isFalse();
    clock.advance(10 * MILLISECOND);
    assertThat(irq.edges()).isEqualTo(2);
  }

  @Test
  void transmitInterrupt_ofAHostThatWaitsComesWhenItTakesAgain() {
    enableFifos(0);
    out(IER, THRI);
    in(IIR);
    host.takeOnly(0);

    out(DATA, 'x');

    assertThat(irq.high()).isFalse();
    host.becomeWritable(1);
    assertThat(irq.high()).isTrue();
    assertThat(in(IIR)).isEqualTo(THRE);
  }

  @Test
  void transmitInterrupt_withoutFifosIsAnEdgeForEachCharacter() {
    out(MCR, OUT2);
    out(IER, THRI);

    print("abc");

    assertThat(irq.edges()).isEqualTo(4);
  }

  @Test
  void transmitInterrupt_ofADriverThatNeverReadsIirIsAnEdgeInTime() {
    enableFifos(0);
    out(IER, THRI);
    int edges = irq.edges();

    out(DATA, 'a');
    clock.advance(2 * MILLISECOND);
    out(DATA, 'b');
    clock.advance(2 * MILLISECOND);

    assertThat(irq.edges()).isEqualTo(edges + 2);
  }

  @Test
  void receiveInterrupt_comesAtTheTriggerLevel() {
    enableFifos(2);
    out(IER, RDI);

    host.type("1234567");
    assertThat(irq.high()).isFalse();
    host.type("8");

    assertThat(in(IIR)).isEqualTo(DATA_READY);
    assertThat(irq.high()).isTrue();
    in(DATA);
    assertThat(irq.high()).isFalse();
  }

  @Test
  void receiveInterrupt_ofFewCharactersComesAfterATimeout() {
    enableFifos(2);
    out(IER, RDI);

    host.type("ab");
    clock.advance(MILLISECOND);

    assertThat(in(IIR)).isEqualTo(TIMEOUT);
    assertThat(in(DATA)).isEqualTo('a');
    assertThat(irq.high()).isFalse();
    clock.advance(MILLISECOND);
    assertThat(in(IIR)).isEqualTo(TIMEOUT);
    assertThat(readAll()).isEqualTo("b");
    clock.advance(MILLISECOND);
    assertThat(in(IIR)).isEqualTo(NONE);
  }

  @Test
  void timeout_beginsAnewWithEachCharacter() {
    enableFifos(3);
    out(IER, RDI);

    for (int i = 0; i < 10; i++) {
      host.type("a");
      clock.advance(300_000);
      assertThat(irq.high()).as("after %d", i).isFalse();
    }

    clock.advance(MILLISECOND);
    assertThat(irq.high()).isTrue();
  }

  @Test
  void receiveInterrupt_withoutFifosComesForEachCharacter() {
    out(MCR, OUT2);
    out(IER, RDI);

    host.type("ab");

    assertThat(host.waiting()).isEqualTo(1);
    assertThat(in(IIR)).isEqualTo(4);
    assertThat(in(DATA)).isEqualTo('a');
    assertThat(host.receiveReadyCalls()).isEqualTo(1);
    host.pump();
    assertThat(in(DATA)).isEqualTo('b');
  }

  @Test
  void receiver_askedForMoreThanItHoldsLetsTheHostWait() {
    enableFifos(0);
    String text = "the quick brown fox jumps over the lazy dog";

    host.type(text);

    assertThat(host.waiting()).isEqualTo(text.length() - 16);
    StringBuilder read = new StringBuilder();
    for (int calls = 0; read.length() < text.length(); calls = host.receiveReadyCalls()) {
      read.append((char) in(DATA));
      if (host.receiveReadyCalls() > calls) {
        host.pump();
      }
    }
    assertThat(read).hasToString(text);
    assertThat(uart.overruns()).isZero();
  }

  @Test
  void fifosSwitchedOffWhileCharactersAreOnTheWay_loseNone() {
    enableFifos(0);
    int room = uart.receiveRoom();
    out(FCR, 0);

    uart.receive("0123456789abcdef".getBytes(StandardCharsets.US_ASCII), 0, room);

    assertThat(readAll()).isEqualTo("0123456789abcdef");
  }

  @Test
  void clearingTheReceiver_letsAWaitingHostGoOn() {
    enableFifos(0);
    host.type("0123456789abcdefgh");

    out(FCR, 3);
    host.pump();

    assertThat(host.receiveReadyCalls()).isEqualTo(1);
    assertThat(readAll()).isEqualTo("gh");
  }

  @Test
  void breakFromTheHost_isANullCharacterWithItsBit() {
    enableFifos(0);
    out(IER, RDI | RLSI);
    host.type("a");

    host.sendBreak();

    assertThat(in(IIR)).isEqualTo(DATA_READY);
    assertThat(in(LSR) & 0x9F).isEqualTo(0x81);
    assertThat(in(DATA)).isEqualTo('a');
    assertThat(in(IIR)).isEqualTo(LINE_STATUS);
    assertThat(in(LSR) & 0x9F).isEqualTo(0x91);
    assertThat(in(LSR) & 0x9F).isEqualTo(0x01);
    assertThat(in(DATA)).isZero();
    assertThat(in(IIR)).isEqualTo(NONE);
  }

  @Test
  void breakIntoAFullFifo_comesAfterwards() {
    enableFifos(0);
    host.type("0123456789abcdef");

    host.sendBreak();

    for (int i = 0; i < 16; i++) {
      assertThat(in(LSR) & 0x10).isZero();
      in(DATA);
    }
    assertThat(in(LSR) & 0x11).isEqualTo(0x11);
  }

  @Test
  void interrupts_areTakenInTheOrderOfTheDatasheet() {
    enableFifos(0);
    out(IER, RDI | THRI | RLSI | MSI);
    out(MCR, OUT2 | LOOP);
    out(DATA, 'a');
    out(LCR, 0x40);

    assertThat(in(IIR)).isEqualTo(DATA_READY);
    in(DATA);
    assertThat(in(IIR)).isEqualTo(LINE_STATUS);
    in(LSR);
    assertThat(in(IIR)).isEqualTo(DATA_READY);
    in(DATA);
    assertThat(in(IIR)).isEqualTo(THRE);
    assertThat(in(IIR)).isEqualTo(0xC0);
    in(MSR);
    assertThat(in(IIR)).isEqualTo(NONE);
    assertThat(irq.high()).isFalse();
  }

  @Test
  void out2_gatesTheInterruptButNotItsRegister() {
    out(FCR, 1);
    out(IER, THRI);

    assertThat(irq.high()).isFalse();
    out(MCR, OUT2);
    assertThat(irq.high()).isTrue();
    out(MCR, 0);
    assertThat(irq.high()).isFalse();
    assertThat(in(IIR)).isEqualTo(THRE);
  }

  @Test
  void loopback_returnsWrittenByteAndHidesItFromTheHost() {
    enableFifos(0);
    out(MCR, LOOP);

    print("loop");
    host.type("host");

    assertThat(readAll()).isEqualTo("loop");
    assertThat(host.text()).isEmpty();
    out(MCR, 0);
    host.pump();
    assertThat(readAll()).isEqualTo("host");
  }

  @Test
  void loopback_connectsTheModemLines() {
    in(MSR);
    out(MCR, LOOP);
    in(MSR);

    out(MCR, LOOP | 2);
    assertThat(in(MSR)).isEqualTo(0x11);
    out(MCR, LOOP | 1);
    assertThat(in(MSR)).isEqualTo(0x23);
    out(MCR, LOOP | 4);
    assertThat(in(MSR)).isEqualTo(0x42);
    out(MCR, LOOP | 8);
    assertThat(in(MSR)).isEqualTo(0x8C);
    assertThat(in(MSR)).isEqualTo(0x80);
  }

  @Test
  void loopback_overrunsAFullFifoAndKeepsItsContent() {
    enableFifos(0);
    out(MCR, LOOP);

    print("0123456789abcdefX");

    assertThat(in(LSR) & 3).isEqualTo(3);
    assertThat(in(LSR) & 3).isEqualTo(1);
    assertThat(readAll()).isEqualTo("0123456789abcdef");
  }

  @Test
  void loopback_withoutFifosOverwritesTheBuffer() {
    out(MCR, LOOP);

    print("ab");

    assertThat(in(LSR) & 3).isEqualTo(3);
    assertThat(readAll()).isEqualTo("b");
  }

  @Test
  void state_survivesARoundTripWithItsInterrupt() {
    enableFifos(2);
    out(IER, RDI | THRI);
    in(IIR);
    host.takeOnly(0);
    print("out");
    host.type("in");
    Uart16550.State state = uart.state();
    uart.reset();

    Uart16550 restored = connected(state);

    assertThat(restored.state()).isEqualTo(state);
    clock.advance(MILLISECOND);
    assertThat(restored.read(IIR, 1)).isEqualTo(TIMEOUT);
    host.becomeWritable(3);
    assertThat(host.text()).isEqualTo("out");
  }

  @Test
  void randomStates_surviveARoundTrip() {
    long seed = Long.getLong("jvmm.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      out(random.nextInt(8), random.nextInt(256));
      meanwhile(random);
      ObservedLine line = new ObservedLine();
      Uart16550 restored = new Uart16550(host, line, clock, uart.state());
      assertThat(restored.state()).as("-Djvmm.seed=%d", seed).isEqualTo(uart.state());
      assertThat(line.high()).as("-Djvmm.seed=%d", seed).isEqualTo(irq.high());
    }
  }

  @Test
  void reset_isPowerOnAndLowersTheInterrupt() {
    enableFifos(2);
    out(IER, THRI);
    host.type("x");

    uart.reset();

    assertThat(uart.state()).isEqualTo(Uart16550.State.POWER_ON);
    assertThat(irq.high()).isFalse();
    clock.advance(MILLISECOND);
    assertThat(uart.state()).isEqualTo(Uart16550.State.POWER_ON);
  }

  @Test
  void transmitAndReceive_allocateNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    byte[] input = {'x'};
    BlackHole blackHole = new BlackHole();
    Uart16550 measured = new Uart16550(blackHole, irq, new ManualClock(), Uart16550.State.POWER_ON);
    measured.write(FCR, 1, 1);
    measured.write(MCR, 1, OUT2);
    measured.write(IER, 1, RDI | THRI);
    traffic(measured, input);

    long before = threads.getCurrentThreadAllocatedBytes();
    traffic(measured, input);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(blackHole.taken).isEqualTo(40_000);
    assertThat(allocated).isLessThan(1_000); // the measurement's own
  }

  private static void traffic(Uart16550 measured, byte[] input) {
    for (int i = 0; i < 20_000; i++) {
      measured.read(LSR, 1);
      measured.write(DATA, 1, 'x');
      measured.read(IIR, 1);
      measured.receive(input, 0, measured.receiveRoom() > 0 ? 1 : 0);
      measured.read(DATA, 1);
    }
  }

  private static final class BlackHole implements Chardev {
    private long taken;

    @Override
    public void connect(CharFrontend frontend) {}

    @Override
    public int write(byte[] bytes, int offset, int length) {
      taken += length;
      return length;
    }

    @Override
    public void receiveReady() {}

    @Override
    public WindowSize windowSize() {
      return WindowSize.UNKNOWN;
    }

    @Override
    public void close() {}
  }
}
