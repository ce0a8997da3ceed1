package dev.jvmm.machine.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.jvmm.core.bus.Bus;
import dev.jvmm.core.event.Signal;
import dev.jvmm.core.irq.IrqLine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** MSI-X as a driver sets it up: capability, table and pending bits, each through the buses. */
class MsixTest {

  private static final int COMMAND = 0x04;
  private static final int MEMORY_AND_MASTER = 6;
  private static final int CAPABILITY = 0x40;
  private static final int CONTROL = CAPABILITY + 2;
  private static final int ENABLE = 0x8000;
  private static final int FUNCTION_MASK = 0x4000;
  private static final long TABLE = 0xE000_0000L;
  private static final long PENDING = TABLE + 0x800;

  private static final PciIdentity IDENTITY = new PciIdentity(0x1AF4, 0x1042, 1, 0x01_0000, 7, 9);

  private final Bus ports = new Bus("port");
  private final Bus memory = new Bus("memory");
  private final Map<Integer, Boolean> levels = new HashMap<>();
  private final List<String> messages = new ArrayList<>();
  private final PciBus bus =
      new PciBus(
          new PciBus.Wiring(
              ports,
              memory,
              gsi -> level -> levels.put(gsi, level),
              (address, data) -> {},
              new SendingVectors(
                  (address, data) -> messages.add("%x=%x".formatted(address, data)))));
  private final GuestPorts guest = new GuestPorts(ports);
  private final PciFunction.Builder builder = bus.function(new PciAddress(2, 0), IDENTITY);
  private final IrqLine pin = builder.intx();
  private final Msix msix = builder.msix(1, 40);
  private final PciFunction function = builder.build();

  @BeforeEach
  void start() {
    new ConfigPorts(bus, ConfigPorts.State.POWER_ON).mapOn(ports);
    place();
  }

  private void place() {
    write(0x14, 4, TABLE);
    write(COMMAND, 2, MEMORY_AND_MASTER);
  }

  private void write(int offset, int size, long value) {
    guest.write(2, 0, offset, size, value);
  }

  private void program(int vector, long address, int data) {
    memory.write(TABLE + 16L * vector, 8, address);
    memory.write(TABLE + 16L * vector + 8, 4, data);
    memory.write(TABLE + 16L * vector + 12, 4, 0);
  }

  private long pending() {
    return memory.read(PENDING, 8);
  }

  @Test
  void capability_saysHowManyAndWhere() {
    assertThat(guest.read(2, 0, 0x34, 1)).isEqualTo(CAPABILITY);
    assertThat(guest.read(2, 0, CAPABILITY, 4)).isEqualTo(0x0027_0011L);
    assertThat(guest.read(2, 0, CAPABILITY + 4, 4)).isEqualTo(1);
    assertThat(guest.read(2, 0, CAPABILITY + 8, 4)).isEqualTo(0x801);
    write(CONTROL, 2, 0xFFFF);
    assertThat(guest.read(2, 0, CONTROL, 2)).isEqualTo(0xC027);
    assertThat(function.busMaster()).isTrue();
  }

  @Test
  void table_isMaskedAtFirstAndKeepsWhatIsWritten() {
    assertThat(memory.read(TABLE + 12, 4)).isEqualTo(1);
    program(39, 0xFEE0_1003L, 0x4041);
    assertThat(memory.read(TABLE + 16L * 39, 8)).isEqualTo(0xFEE0_1000L);
    assertThat(memory.read(TABLE + 16L * 39 + 8, 8)).isEqualTo(0x4041);
    memory.write(PENDING, 8, -1);
    assertThat(pending()).isZero();
    assertThat(memory.read(TABLE + 1, 4)).isEqualTo(0xFFFF_FFFFL);
    assertThat(memory.read(TABLE, 2)).isEqualTo(0xFFFF);
  }

  @Test
  void vector_sendsItsMessage() {
    program(3, 0x1_FEE0_1000L, 0x41);
    msix.fire(3);
    assertThat(messages).isEmpty(); // not switched on
    write(CONTROL, 2, ENABLE);
    msix.fire(3);
    msix.fire(40);
    msix.fire(-1);
    assertThat(messages).containsExactly("1fee01000=41");
    assertThat(pending()).isZero();
  }

  @Test
  void maskedVector_isSentOnceWhenItsMaskGoes() {
    program(35, 0xFEE0_0000L, 0x42);
    write(CONTROL, 2, ENABLE);
    memory.write(TABLE + 16L * 35 + 12, 4, 1);
    msix.fire(35);
    msix.fire(35);
    assertThat(messages).isEmpty();
    assertThat(pending()).isEqualTo(1L << 35);
    memory.write(TABLE + 16L * 35 + 12, 4, 0);
    assertThat(messages).containsExactly("fee00000=42");
    assertThat(pending()).isZero();
  }

  @Test
  void functionMask_holdsAllBack() {
    program(0, 0xFEE0_0000L, 0x50);
    program(1, 0xFEE0_0000L, 0x51);
    write(CONTROL, 2, ENABLE | FUNCTION_MASK);
    msix.fire(1);
    msix.fire(0);
    assertThat(messages).isEmpty();
    write(CONTROL, 2, ENABLE);
    assertThat(messages).containsExactly("fee00000=50", "fee00000=51");
  }

  @Test
  void functionThatMayNotUseTheBus_sendsLater() {
    program(0, 0xFEE0_0000L, 0x50);
    write(CONTROL, 2, ENABLE);
    write(COMMAND, 2, 2);
    msix.fire(0);
    assertThat(messages).isEmpty();
    write(COMMAND, 2, MEMORY_AND_MASTER);
    assertThat(messages).containsExactly("fee00000=50");
  }

  @Test
  void pin_standsStillWhileMessagesAreOn() {
    pin.set(true);
    assertThat(levels).containsEntry(5, true);
    write(CONTROL, 2, ENABLE);
    assertThat(levels).containsEntry(5, false);
    write(CONTROL, 2, 0);
    assertThat(levels).containsEntry(5, true);
  }

  @Test
  void reset_masksAndForgets() {
    program(0, 0xFEE0_0000L, 0x50);
    write(CONTROL, 2, ENABLE | FUNCTION_MASK);
    msix.fire(0);
    bus.reset();
    assertThat(msix.enabled()).isFalse();
    place();
    assertThat(pending()).isZero();
    assertThat(memory.read(TABLE + 12, 4)).isEqualTo(1);
    assertThat(messages).isEmpty();
  }

  @Test
  void randomAccesses_loseNoMessage() {
    long seed = Long.getLong("jvmm.seed", System.nanoTime());
    Random random = new Random(seed);
    assertThatCode(() -> storm(random)).as("-Djvmm.seed=%d", seed).doesNotThrowAnyException();
    write(COMMAND, 2, MEMORY_AND_MASTER);
    write(CONTROL, 2, ENABLE);
    for (int vector = 0; vector < 40; vector++) {
      program(vector, 0xFEE0_0000L, vector);
    }
    assertThat(pending()).as("-Djvmm.seed=%d", seed).isZero();
  }

  private void storm(Random random) {
    for (int i = 0; i < 20_000; i++) {
      int size = 1 << random.nextInt(4);
      memory.write(TABLE + random.nextInt(0x1000), size, random.nextLong());
      memory.read(TABLE + random.nextInt(0x1000), size);
      msix.fire(random.nextInt(48) - 4);
      write(CONTROL, 2, random.nextInt(0x10000));
      write(COMMAND, 2, random.nextInt(8));
    }
  }

  @Test
  void direct_isThereOnlyWhileTheVectorMayBeSent() {
    assertThat(msix.direct(3)).isNull(); // nothing was programmed, and it is off
    program(3, 0xFEE0_0000L, 0x43);
    assertThat(msix.direct(3)).isNull();
    write(CONTROL, 2, ENABLE);
    Signal direct = msix.direct(3);
    assertThat(direct).isNotNull();
    if (direct != null) {
      direct.signal();
    }
    assertThat(messages).containsExactly("fee00000=43");
    assertThat(msix.direct(4)).isNull(); // masked
    assertThat(msix.direct(40)).isNull();
    assertThat(msix.direct(-1)).isNull();
    write(CONTROL, 2, ENABLE | FUNCTION_MASK);
    assertThat(msix.direct(3)).isNull();
    write(CONTROL, 2, ENABLE);
    write(COMMAND, 2, 2); // no bus master
    assertThat(msix.direct(3)).isNull();
  }

  @Test
  void listener_hasRunBeforeTheGuestGoesOn() {
    List<Boolean> direct = new ArrayList<>();
    program(0, 0xFEE0_0000L, 0x50);
    msix.whenChanged(() -> direct.add(msix.direct(0) != null));
    write(CONTROL, 2, ENABLE);
    memory.write(TABLE + 12, 4, 1);
    memory.write(TABLE + 12, 4, 0);
    write(COMMAND, 2, 2);
    write(COMMAND, 2, MEMORY_AND_MASTER);
    msix.reset();
    assertThat(direct).containsExactly(true, false, true, false, true, false);
  }
}
