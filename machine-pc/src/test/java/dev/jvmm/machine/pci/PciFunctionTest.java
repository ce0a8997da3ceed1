package dev.jvmm.machine.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.jvmm.core.bus.Bus;
import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.core.irq.IrqLine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A function with a BAR of each kind and a pin, as a guest finds and moves it. */
class PciFunctionTest {

  private static final int COMMAND = 0x04;
  private static final int STATUS = 0x06;
  private static final int BAR0 = 0x10; // ports
  private static final int BAR1 = 0x14; // memory below 4 GiB
  private static final int BAR2 = 0x18; // memory anywhere, two registers
  private static final int IO = 1;
  private static final int MEMORY = 2;
  private static final int INTX_DISABLE = 0x400;

  private static final PciIdentity IDENTITY = new PciIdentity(0x1AF4, 0x1042, 1, 0x01_0000, 7, 9);

  private final Bus ports = new Bus("port");
  private final Bus memory = new Bus("memory");
  private final Map<Integer, Boolean> levels = new HashMap<>();
  private final List<String> moves = new ArrayList<>();
  private final PciBus bus =
      new PciBus(
          new PciBus.Wiring(
              ports,
              memory,
              gsi -> level -> levels.put(gsi, level),
              (address, data) -> {},
              SendingVectors.NONE));
  private final GuestPorts guest = new GuestPorts(ports);
  private final PciFunction.Builder builder = bus.function(new PciAddress(2, 0), IDENTITY);
  private final IrqLine pin = builder.intx();
  private final PciFunction function =
      builder
          .bar(Bar.ports(0, 32, new Constant(0x10)))
          .bar(Bar.memory32(1, 4096, new Constant(0x11)))
          .bar(Bar.memory64(2, 1L << 33, new Constant(0x12)).tell(new Moves()))
          .build();

  /** Answers its number wherever it is read. */
  private record Constant(int number) implements BusDevice {
    @Override
    public long read(long offset, int size) {
      return number;
    }

    @Override
    public void write(long offset, int size, long value) {}
  }

  private final class Moves implements Bar.Listener {
    @Override
    public void mapped(long base) {
      moves.add("+%x".formatted(base));
    }

    @Override
    public void unmapped(long base) {
      moves.add("-%x".formatted(base));
    }
  }

  /** A capability that is only read. */
  private static final class Plain implements Capability {
    private final int id;
    private final byte[] body;

    Plain(int id, int... body) {
      this.id = id;
      this.body = new byte[body.length];
      for (int i = 0; i < body.length; i++) {
        this.body[i] = (byte) body[i];
      }
    }

    @Override
    public int id() {
      return id;
    }

    @Override
    public byte[] body() {
      return body.clone();
    }

    @Override
    public byte[] writable() {
      return new byte[body.length];
    }

    @Override
    public void reading(Registers registers, int offset, int size) {}

    @Override
    public void written(Registers registers, int offset, int size) {}

    @Override
    public void reset() {}
  }

  @BeforeEach
  void ports() {
    new ConfigPorts(bus, ConfigPorts.State.POWER_ON).mapOn(ports);
  }

  private long read(int offset, int size) {
    return guest.read(2, 0, offset, size);
  }

  private void write(int offset, int size, long value) {
    guest.write(2, 0, offset, size, value);
  }

  private long sizing(int offset) {
    write(offset, 4, 0xFFFF_FFFFL);
    return read(offset, 4);
  }

  @Test
  void sizes_areProbedAsTheSpecificationSays() {
    assertThat(sizing(BAR0)).isEqualTo(0xFFFF_FFE1L);
    assertThat(sizing(BAR1)).isEqualTo(0xFFFF_F000L);
    assertThat(sizing(BAR2)).isEqualTo(0x0000_000CL);
    assertThat(sizing(BAR2 + 4)).isEqualTo(0xFFFF_FFFEL);
    assertThat(sizing(BAR2 + 8)).isZero();
  }

  @Test
  void bars_answerOnlyWhileTheCommandRegisterDecodes() {
    write(BAR0, 4, 0xC000);
    write(BAR1, 4, 0xE000_0000L);
    assertThat(ports.read(0xC000, 1)).isEqualTo(0xFF);
    write(COMMAND, 2, IO);
    assertThat(ports.read(0xC01F, 1)).isEqualTo(0x10);
    assertThat(ports.read(0xC020, 1)).isEqualTo(0xFF);
    assertThat(memory.read(0xE000_0000L, 1)).isEqualTo(0xFF);
    write(COMMAND, 2, IO | MEMORY);
    assertThat(memory.read(0xE000_0FFFL, 1)).isEqualTo(0x11);
    write(COMMAND, 2, MEMORY);
    assertThat(ports.read(0xC000, 1)).isEqualTo(0xFF);
  }

  @Test
  void bar_movesWhileItDecodes() {
    write(COMMAND, 2, MEMORY);
    write(BAR1, 4, 0xE000_0000L);
    assertThat(memory.read(0xE000_0000L, 1)).isEqualTo(0x11);
    write(BAR1, 4, 0xE100_0000L);
    assertThat(memory.read(0xE000_0000L, 1)).isEqualTo(0xFF);
    assertThat(memory.read(0xE100_0000L, 1)).isEqualTo(0x11);
    assertThat(sizing(BAR1)).isEqualTo(0xFFFF_F000L);
    assertThat(memory.read(0xFFFF_F000L, 1)).isEqualTo(0xFF); // a size, not a place
  }

  @Test
  void bar64_isPlacedAboveFourGibAndTellsItsListener() {
    write(BAR2, 4, 0xC);
    write(BAR2 + 4, 4, 0x10);
    write(COMMAND, 2, MEMORY);
    assertThat(memory.read(0x11_FFFF_FFFFL, 1)).isEqualTo(0x12);
    write(BAR2 + 4, 4, 0x20);
    write(COMMAND, 2, 0);
    assertThat(moves).containsExactly("+1000000000", "-1000000000", "+2000000000", "-2000000000");
    assertThat(read(BAR2, 4)).isEqualTo(0xC);
  }

  @Test
  void barOnAnotherDevice_waitsUntilItHasGone() {
    PciFunction.Builder other = bus.function(new PciAddress(3, 0), IDENTITY);
    other.bar(Bar.memory32(0, 4096, new Constant(0x13))).build();
    guest.write(3, 0, BAR0, 4, 0xE000_0000L);
    guest.write(3, 0, COMMAND, 2, MEMORY);
    write(BAR1, 4, 0xE000_0000L);
    write(COMMAND, 2, MEMORY);
    assertThat(memory.read(0xE000_0000L, 1)).isEqualTo(0x13);
    assertThat(bus.decoder().conflicts()).isEqualTo(1);
    guest.write(3, 0, BAR0, 4, 0xE000_2000L);
    assertThat(memory.read(0xE000_0000L, 1)).isEqualTo(0x11);
    assertThat(memory.read(0xE000_2000L, 1)).isEqualTo(0x13);
  }

  @Test
  void barOnConfigPorts_leavesThemAlone() {
    write(BAR0, 4, 0xCE0);
    write(COMMAND, 2, IO);
    assertThat(read(0, 4)).isEqualTo(0x1042_1AF4L);
    assertThat(ports.read(0xCE0, 1)).isEqualTo(0xFF);
  }

  @Test
  void pin_isALevelThatTheGuestCanSwitchOff() {
    assertThat(read(0x3D, 1)).isEqualTo(1);
    assertThat(read(0x3C, 1)).isEqualTo(5);
    pin.set(true);
    assertThat(levels).containsEntry(5, true);
    assertThat(read(STATUS, 2) & 8).isEqualTo(8);
    write(COMMAND, 2, INTX_DISABLE);
    assertThat(levels).containsEntry(5, false);
    assertThat(read(STATUS, 2) & 8).isEqualTo(8);
    write(COMMAND, 2, 0);
    assertThat(levels).containsEntry(5, true);
    pin.set(false);
    assertThat(levels).containsEntry(5, false);
    assertThat(read(COMMAND, 4)).isZero();
  }

  @Test
  void reset_takesBarsAndPinBack() {
    write(BAR1, 4, 0xE000_0000L);
    write(COMMAND, 2, MEMORY | 4);
    pin.set(true);
    assertThat(function.busMaster()).isTrue();
    bus.reset();
    assertThat(levels).containsEntry(5, false);
    assertThat(memory.read(0xE000_0000L, 1)).isEqualTo(0xFF);
    assertThat(read(BAR1, 4)).isZero();
    assertThat(function.busMaster()).isFalse();
  }

  @Test
  void capabilities_areAListInTheOrderInWhichTheyCame() {
    PciFunction.Builder other = bus.function(new PciAddress(3, 0), IDENTITY);
    other.capability(new Plain(9, 16, 2, 3)).capability(new Plain(5, 0, 0));
    other.build();
    assertThat(guest.read(3, 0, STATUS, 2)).isEqualTo(0x10);
    assertThat(guest.read(3, 0, 0x34, 1)).isEqualTo(0x40);
    guest.write(3, 0, 0x40, 4, 0xFFFF_FFFFL);
    assertThat(guest.read(3, 0, 0x40, 4)).isEqualTo(0x0210_4809L);
    assertThat(guest.read(3, 0, 0x48, 4)).isEqualTo(0x0000_0005L);
  }

  @Test
  void randomConfiguration_neverThrowsAndEndsInOrder() {
    long seed = Long.getLong("jvmm.seed", System.nanoTime());
    Random random = new Random(seed);
    assertThatCode(() -> storm(random)).as("-Djvmm.seed=%d", seed).doesNotThrowAnyException();
    bus.reset();
    write(BAR1, 4, 0xE000_0000L);
    write(COMMAND, 2, MEMORY);
    assertThat(memory.read(0xE000_0000L, 1)).as("-Djvmm.seed=%d", seed).isEqualTo(0x11);
  }

  private void storm(Random random) {
    for (int i = 0; i < 20_000; i++) {
      int size = 1 << random.nextInt(3);
      int offset = random.nextInt(0x40) & -size;
      write(offset, size, random.nextBoolean() ? random.nextInt() : 0x7L << random.nextInt(32));
      pin.set(random.nextBoolean());
    }
  }
}
