package dev.jvmm.machine.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.jvmm.core.bus.Bus;
import dev.jvmm.core.irq.IrqLine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** MSI as a driver sets it up, through configuration space. */
class MsiTest {

  private static final int COMMAND = 0x04;
  private static final int MASTER = 4;
  private static final int CAPABILITY = 0x40;
  private static final int CONTROL = CAPABILITY + 2;
  private static final int ADDRESS = CAPABILITY + 4;
  private static final int DATA = CAPABILITY + 12;
  private static final int MASK = CAPABILITY + 16;
  private static final int PENDING = CAPABILITY + 20;
  private static final int ENABLE_FOUR = 0x21;

  private final Bus ports = new Bus("port");
  private final Map<Integer, Boolean> levels = new HashMap<>();
  private final List<String> messages = new ArrayList<>();
  private final PciBus bus =
      new PciBus(
          new PciBus.Wiring(
              ports,
              new Bus("memory"),
              gsi -> level -> levels.put(gsi, level),
              (address, data) -> messages.add("%x=%x".formatted(address, data)),
              SendingVectors.NONE));
  private final GuestPorts guest = new GuestPorts(ports);
  private final PciFunction.Builder builder =
      bus.function(new PciAddress(2, 0), new PciIdentity(0x1AF4, 0x1042, 1, 0x01_0000, 7, 9));
  private final IrqLine pin = builder.intx();
  private final Msi msi = builder.msi(8);
  private final PciFunction function = builder.build();

  @BeforeEach
  void program() {
    new ConfigPorts(bus, ConfigPorts.State.POWER_ON).mapOn(ports);
    write(ADDRESS, 4, 0xFEE0_1003L);
    write(ADDRESS + 4, 4, 1);
    write(DATA, 2, 0x4047);
    write(COMMAND, 2, MASTER);
  }

  private long read(int offset, int size) {
    return guest.read(2, 0, offset, size);
  }

  private void write(int offset, int size, long value) {
    guest.write(2, 0, offset, size, value);
  }

  @Test
  void capability_countsVectors() {
    assertThat(read(CAPABILITY, 4)).isEqualTo(0x0186_0005L);
    write(CONTROL, 2, 0xFFFF);
    write(MASK, 4, 0xFFFF_FFFFL);
    write(PENDING, 4, 0xFFFF_FFFFL);
    assertThat(read(CONTROL, 2)).isEqualTo(0x01F7);
    assertThat(read(ADDRESS, 4)).isEqualTo(0xFEE0_1000L);
    assertThat(read(MASK, 4)).isEqualTo(0xFF);
    assertThat(read(PENDING, 4)).isZero();
    assertThat(function.busMaster()).isTrue();
  }

  @Test
  void vectors_shareWhatTheGuestGave() {
    msi.fire(1);
    assertThat(messages).isEmpty(); // not switched on
    write(CONTROL, 2, ENABLE_FOUR);
    msi.fire(1);
    msi.fire(6);
    msi.fire(8);
    msi.fire(-1);
    assertThat(messages).containsExactly("1fee01000=4045", "1fee01000=4046");
  }

  @Test
  void maskedVector_isSentOnceWhenItsMaskGoes() {
    write(CONTROL, 2, ENABLE_FOUR);
    write(MASK, 4, 2);
    msi.fire(1);
    msi.fire(1);
    assertThat(read(PENDING, 4)).isEqualTo(2);
    assertThat(messages).isEmpty();
    write(MASK, 1, 0);
    assertThat(messages).containsExactly("1fee01000=4045");
    assertThat(read(PENDING, 4)).isZero();
  }

  @Test
  void functionThatMayNotUseTheBus_sendsLater() {
    write(CONTROL, 2, ENABLE_FOUR);
    write(COMMAND, 2, 0);
    msi.fire(0);
    assertThat(messages).isEmpty();
    write(COMMAND, 2, MASTER);
    assertThat(messages).containsExactly("1fee01000=4044");
  }

  @Test
  void pin_standsStillWhileMessagesAreOn() {
    pin.set(true);
    write(CONTROL, 2, 1);
    assertThat(levels).containsEntry(5, false);
    bus.reset();
    assertThat(msi.enabled()).isFalse();
    assertThat(read(CONTROL, 2)).isEqualTo(0x186);
  }

  @Test
  void randomAccesses_neverThrow() {
    long seed = Long.getLong("jvmm.seed", System.nanoTime());
    Random random = new Random(seed);
    assertThatCode(() -> storm(random)).as("-Djvmm.seed=%d", seed).doesNotThrowAnyException();
  }

  private void storm(Random random) {
    for (int i = 0; i < 20_000; i++) {
      int size = 1 << random.nextInt(3);
      write(CAPABILITY + (random.nextInt(24) & -size), size, random.nextLong());
      msi.fire(random.nextInt(48) - 4);
      messages.clear();
    }
  }
}
