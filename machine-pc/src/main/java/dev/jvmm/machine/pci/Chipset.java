package dev.jvmm.machine.pci;

/**
 * The functions that every pc has: host bridge (Intel 82441FX), ISA bridge (82371SB) and power
 * management (82371AB, function 3), as firmware leaves them.
 *
 * <p>Not emulated: shadow RAM and SMRAM registers; the ISA bridge's routing of interrupts, which
 * reads as the board is wired; SMBus, whose base reads 0.
 *
 * <p>Thread: no state.
 */
public final class Chipset {

  private static final int INTEL = 0x8086;
  private static final int CLASS_HOST_BRIDGE = 0x06_0000;
  private static final int CLASS_ISA_BRIDGE = 0x06_0100;
  private static final int CLASS_OTHER_BRIDGE = 0x06_8000;

  private static final int REVISION_82441FX = 2;
  private static final int REVISION_82371SB = 0;
  private static final int REVISION_82371AB = 3; // earlier ones have a PM timer that reads wrong

  // Decoding and mastering can't be switched off (82441FX and 82371SB, PCICMD).
  private static final int HOST_COMMAND = Header.COMMAND_MEMORY | Header.COMMAND_MASTER;
  private static final int ISA_COMMAND = Header.COMMAND_IO | HOST_COMMAND;
  private static final int HOST_COMMAND_WRITABLE = Header.COMMAND_PARITY | Header.COMMAND_SERR;

  private static final int ISA_PIRQRC = 0x60; // four bytes: the interrupt of each line
  private static final int ISA_DLC = 0x82; // deterministic latency control
  private static final int DLC_PASSIVE_RELEASE = 1 << 1;
  private static final int DLC_WRITABLE = 0x0F;

  private static final int PM_PMBA = 0x40; // the base of 64 ports; bit 0 says I/O
  private static final int PMBA_IO = 1;
  private static final int PM_PMREGMISC = 0x80;
  private static final int PMREGMISC_PMIOSE = 1; // the ports at PMBA decode

  // The function's registers say a pin; its interrupt is the SCI, whatever that pin is wired to.
  private static final int PIN_A = 1;
  private static final int SCI = 9;

  private static final PciAddress HOST_BRIDGE = new PciAddress(0, 0);
  private static final PciAddress ISA_BRIDGE = new PciAddress(1, 0);
  private static final PciAddress POWER_MANAGEMENT = new PciAddress(1, 3);

  private Chipset() {}

  /**
   * Puts them on a bus.
   *
   * @param pmPort where the ACPI registers are, a multiple of 64
   */
  public static void addTo(PciBus bus, int pmPort) {
    addHostBridge(bus);
    addIsaBridge(bus);
    addPowerManagement(bus, pmPort);
  }

  private static void addHostBridge(PciBus bus) {
    bus.function(HOST_BRIDGE, identity(0x1237, REVISION_82441FX, CLASS_HOST_BRIDGE))
        .command(HOST_COMMAND, HOST_COMMAND_WRITABLE)
        .status(Header.STATUS_DEVSEL_MEDIUM | Header.STATUS_FAST_BACK_TO_BACK)
        .build();
  }

  private static void addIsaBridge(PciBus bus) {
    PciFunction.Builder bridge =
        bus.function(ISA_BRIDGE, identity(0x7000, REVISION_82371SB, CLASS_ISA_BRIDGE))
            .command(ISA_COMMAND, Header.COMMAND_SERR)
            .status(Header.STATUS_DEVSEL_MEDIUM)
            .register(ISA_DLC, 1, DLC_PASSIVE_RELEASE, DLC_WRITABLE)
            .multifunction();
    for (int line = 0; line < Interrupts.PINS; line++) {
      bridge.register(ISA_PIRQRC + line, 1, Interrupts.gsi(line), 0);
    }
    bridge.build();
  }

  private static void addPowerManagement(PciBus bus, int pmPort) {
    bus.function(POWER_MANAGEMENT, identity(0x7113, REVISION_82371AB, CLASS_OTHER_BRIDGE))
        .command(Header.COMMAND_IO, Header.COMMAND_IO)
        .status(Header.STATUS_DEVSEL_MEDIUM | Header.STATUS_FAST_BACK_TO_BACK)
        .register(Header.INTERRUPT_LINE, 1, SCI, 0)
        .register(Header.INTERRUPT_PIN, 1, PIN_A, 0)
        .register(PM_PMBA, 4, pmPort | PMBA_IO, 0)
        .register(PM_PMREGMISC, 1, PMREGMISC_PMIOSE, 0)
        .build();
  }

  private static PciIdentity identity(int device, int revision, int classCode) {
    return new PciIdentity(INTEL, device, revision, classCode, 0, 0);
  }
}
