package dev.jvmm.machine;

import dev.jvmm.core.clock.Clock;
import dev.jvmm.core.vm.GuestRequests;
import dev.jvmm.machine.acpi.AcpiPm;
import dev.jvmm.machine.acpi.AcpiPmConfig;
import dev.jvmm.machine.acpi.GedConfig;
import dev.jvmm.machine.acpi.GedDevice;
import dev.jvmm.machine.acpi.SleepRegisters;
import dev.jvmm.machine.boot.MemoryMap;
import dev.jvmm.machine.legacy.Cmos;
import dev.jvmm.machine.legacy.I8042;
import dev.jvmm.machine.legacy.PostPort;
import dev.jvmm.machine.legacy.ResetControlPort;
import dev.jvmm.machine.legacy.SystemControlPortA;
import dev.jvmm.machine.legacy.SystemControlPortB;
import dev.jvmm.machine.pci.Chipset;
import dev.jvmm.machine.pci.ConfigPorts;
import dev.jvmm.machine.pci.PciBus;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The devices that a board has by itself, at the places where every PC has them.
 *
 * <p>Thread: used by one thread before the machine runs, but {@link #pressPowerButton}, which is
 * safe.
 */
final class LegacyDevices {

  /** Where hardware-reduced ACPI has its sleep registers: behind the event device. */
  static final int SLEEP_PORT = 0x604;

  /** The reset control register. */
  static final int RESET_CONTROL = 0xCF9;

  private static final int SYSTEM_CONTROL_A = 0x92;
  private static final int SYSTEM_CONTROL_B = 0x61;
  private static final int POST = 0x80;

  private final Runnable powerButton;
  private final @Nullable PciBus pci;

  /** Puts them on the board. */
  LegacyDevices(Board board, MachineConfig config, Clock clock, GuestRequests requests) {
    board.onBytes(
        RESET_CONTROL,
        new ResetControlPort(hard -> requests.reset(), ResetControlPort.State.POWER_ON));
    board.onPorts(POST, 1, new PostPort());
    if (!config.board().pit()) { // the in-kernel timer would answer this port
      board.onBytes(
          SYSTEM_CONTROL_B, new SystemControlPortB(clock, SystemControlPortB.State.POWER_ON));
    }
    if (config.board().rtc()) {
      addCmos(board, config, clock);
    }
    boolean pc = config.board().type() == BoardConfig.Type.PC;
    if (pc) {
      addKeyboardController(board, requests);
    }
    pci = pc ? addPci(board) : null;
    powerButton = config.board().acpi() ? addPower(board, config, clock, requests) : () -> {};
  }

  /** The PCI bus with the chipset on it; null on a board without. */
  @Nullable PciBus pci() {
    return pci;
  }

  /** What ACPI's power button does; nothing on a board without ACPI. */
  void pressPowerButton() {
    powerButton.run();
  }

  private static void addCmos(Board board, MachineConfig config, Clock clock) {
    MemoryMap map = MemoryMap.of(config.memory().sizeBytes());
    board.onBytePorts(
        Cmos.BASE,
        Cmos.LENGTH,
        Cmos.powerOn(
            new Cmos.Config(
                config.rtc(), map.lowBytes(), map.highBytes(), config.topology().cpus()),
            clock,
            InstantSource.system(),
            board.line(Cmos.IRQ)));
  }

  private static void addKeyboardController(Board board, GuestRequests requests) {
    I8042 i8042 =
        board.known(
            new I8042(
                board.line(1), board.line(12), hard -> requests.reset(), I8042.State.POWER_ON));
    board.ports().map(I8042.DATA, 1, i8042.dataPort());
    board.ports().map(I8042.COMMAND, 1, i8042.commandPort());
    board.onBytes(
        SYSTEM_CONTROL_A,
        new SystemControlPortA(hard -> requests.reset(), SystemControlPortA.State.POWER_ON));
  }

  /** The bus that is always there, whether or not ACPI announces it. */
  private static PciBus addPci(Board board) {
    PciBus bus =
        board.known(
            new PciBus(
                new PciBus.Wiring(
                    board.ports(),
                    board.memory(),
                    board::line,
                    board.kernel().messages(),
                    board.kernel().vectors())));
    Chipset.addTo(bus, AcpiPmConfig.PC.port());
    board.known(new ConfigPorts(bus, ConfigPorts.State.POWER_ON)).mapOn(board.ports());
    return bus;
  }

  private static Runnable addPower(
      Board board, MachineConfig config, Clock clock, GuestRequests requests) {
    if (config.board().type() == BoardConfig.Type.PC) {
      AcpiPmConfig place = AcpiPmConfig.PC;
      AcpiPm.Wiring wiring =
          new AcpiPm.Wiring(board.line(place.sciGsi()), clock, requests::powerOff);
      return board.onPorts(
              place.port(), AcpiPm.LENGTH, new AcpiPm(place, wiring, AcpiPm.State.POWER_ON))
          ::pressPowerButton;
    }
    GedConfig place = GedConfig.MICROVM;
    board.onBytePorts(
        SLEEP_PORT,
        SleepRegisters.LENGTH,
        new SleepRegisters(requests::powerOff, SleepRegisters.State.POWER_ON));
    return board.onPorts(
            place.port(),
            GedDevice.LENGTH,
            new GedDevice(board.line(place.gsi()), GedDevice.State.POWER_ON))
        ::pressPowerButton;
  }
}
