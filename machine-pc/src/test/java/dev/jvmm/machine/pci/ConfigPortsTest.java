package dev.jvmm.machine.pci;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.bus.AddressRange;
import dev.jvmm.core.bus.Bus;
import dev.jvmm.core.bus.Widths;
import dev.jvmm.machine.legacy.ResetControlPort;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A pc's bus through its ports. */
class ConfigPortsTest {

  private final Bus ports = new Bus("port");
  private final PciBus bus =
      new PciBus(
          new PciBus.Wiring(
              ports,
              new Bus("memory"),
              gsi -> level -> {},
              (address, data) -> {},
              SendingVectors.NONE));
  private final ConfigPorts config = new ConfigPorts(bus, ConfigPorts.State.POWER_ON);
  private final GuestPorts guest = new GuestPorts(ports);

  @BeforeEach
  void chipset() {
    Chipset.addTo(bus, 0x600);
    config.mapOn(ports);
  }

  @Test
  void configAddress_readsBackAsLinuxProbesIt() {
    ports.write(0xCFB, 1, 1);
    ports.write(0xCF8, 4, 0x8000_0000L);
    assertThat(ports.read(0xCF8, 4)).isEqualTo(0x8000_0000L);
    ports.write(0xCF8, 4, 0xFFFF_FFFFL);
    assertThat(ports.read(0xCF8, 4)).isEqualTo(0x80FF_FFFCL);
    assertThat(config.state()).isEqualTo(new ConfigPorts.State(0x80FF_FFFC));
  }

  @Test
  void byteAt0xCF9_isTheResetRegisterStill() {
    List<Boolean> resets = new ArrayList<>();
    ports.map(
        new AddressRange(ResetControlPort.PORT, 1),
        Widths.BYTE,
        new ResetControlPort(resets::add, ResetControlPort.State.POWER_ON));
    ports.write(0xCF8, 4, 0x8000_0600L);
    assertThat(resets).isEmpty();
    ports.write(0xCF9, 1, 6);
    assertThat(resets).containsExactly(true);
    assertThat(ports.read(0xCF8, 4)).isEqualTo(0x8000_0600L);
  }

  @Test
  void configData_answersEveryWidthAndPlace() {
    assertThat(guest.read(0, 0, 0, 4)).isEqualTo(0x1237_8086L);
    assertThat(guest.read(0, 0, 0, 2)).isEqualTo(0x8086);
    assertThat(guest.read(0, 0, 2, 2)).isEqualTo(0x1237);
    assertThat(guest.read(0, 0, 1, 2)).isEqualTo(0x3780);
    assertThat(guest.read(0, 0, 3, 1)).isEqualTo(0x12);
    assertThat(ports.read(0xCFF, 2)).isEqualTo(0xFFFF); // half of it is behind the register
  }

  @Test
  void configData_isAllOnesWhereNothingIs() {
    assertThat(guest.read(2, 0, 0, 4)).isEqualTo(0xFFFF_FFFFL);
    assertThat(guest.read(1, 1, 0, 2)).isEqualTo(0xFFFF);
    ports.write(0xCF8, 4, 0x8001_0000L); // bus 1
    assertThat(ports.read(0xCFC, 4)).isEqualTo(0xFFFF_FFFFL);
    ports.write(0xCF8, 4, 0); // not enabled
    assertThat(ports.read(0xCFC, 4)).isEqualTo(0xFFFF_FFFFL);
  }

  @Test
  void slot1_hasIsaBridgeAndPowerManagement() {
    assertThat(guest.read(1, 0, 0, 4)).isEqualTo(0x7000_8086L);
    assertThat(guest.read(1, 0, 8, 4)).isEqualTo(0x0601_0000L);
    assertThat(guest.read(1, 0, 0xE, 1)).isEqualTo(0x80);
    assertThat(guest.read(1, 3, 0, 4)).isEqualTo(0x7113_8086L);
    assertThat(guest.read(1, 3, 8, 4)).isEqualTo(0x0680_0003L);
    assertThat(guest.read(1, 3, 0x3C, 2)).isEqualTo(0x0109); // pin A, the SCI
  }

  /**
   * Linux: quirk_piix4_acpi claims the 64 ports that the word at 0x40 says, and three more runs.
   */
  @Test
  void powerManagement_tellsLinuxWhereItsPortsAre() {
    guest.write(1, 3, 0x40, 4, 0xFFFF_FFFFL);
    assertThat(guest.read(1, 3, 0x40, 4)).isEqualTo(0x601);
    assertThat(guest.read(1, 3, 0x90, 2)).isZero(); // no SMBus
    assertThat(guest.read(1, 3, 0x5C, 4)).isZero(); // no devices decoded
    assertThat(guest.read(1, 3, 0x80, 1)).isEqualTo(1);
  }

  /** Linux: quirk_passive_release would switch it on and say so. */
  @Test
  void isaBridge_releasesPassively() {
    assertThat(guest.read(1, 0, 0x82, 1)).isEqualTo(2);
  }

  @Test
  void command_keepsOnlyWhatTheFunctionHas() {
    guest.write(0, 0, 4, 4, 0xFFFF_FFFFL);
    assertThat(guest.read(0, 0, 4, 2)).isEqualTo(0x146);
    guest.write(0, 0, 4, 2, 0);
    assertThat(guest.read(0, 0, 4, 2)).isEqualTo(0x006);
    assertThat(guest.read(0, 0, 6, 2)).isEqualTo(0x280);
    guest.write(1, 3, 4, 2, 0xFFFF);
    assertThat(guest.read(1, 3, 4, 2)).isEqualTo(1);
  }

  @Test
  void header_hasNoBarsAndNoCapabilities() {
    for (int offset = 0x10; offset < 0x3C; offset += 4) {
      guest.write(0, 0, offset, 4, 0xFFFF_FFFFL);
      assertThat(guest.read(0, 0, offset, 4)).as("%#x", offset).isZero();
    }
  }

  @Test
  void reset_bringsPowerOnBack() {
    guest.write(0, 0, 0x3C, 1, 7);
    guest.write(0, 0, 0xD, 1, 0x40);
    assertThat(guest.read(0, 0, 0x3C, 1)).isEqualTo(7);
    bus.reset();
    config.reset();
    assertThat(ports.read(0xCF8, 4)).isZero();
    assertThat(guest.read(0, 0, 0x3C, 1)).isZero();
    assertThat(guest.read(0, 0, 0xD, 1)).isZero();
  }
}
