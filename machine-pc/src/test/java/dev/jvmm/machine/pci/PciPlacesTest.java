package dev.jvmm.machine.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.bus.Bus;
import dev.jvmm.core.vm.ConfigException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PciPlacesTest {

  private final PciBus bus =
      new PciBus(
          new PciBus.Wiring(
              new Bus("port"),
              new Bus("memory"),
              gsi -> level -> {},
              (address, data) -> {},
              SendingVectors.NONE));
  private final PciPlaces places = newPlaces();

  private PciPlaces newPlaces() {
    Chipset.addTo(bus, 0x600);
    return new PciPlaces(bus);
  }

  private PciAddress take(String device, @Nullable String addr, boolean multifunction) {
    return places.take(new PciPlaces.Wish(device, PciPlaces.BUS, addr, multifunction));
  }

  private void assertRefused(String device, @Nullable String addr, String message) {
    assertThatThrownBy(() -> take(device, addr, false))
        .isInstanceOf(ConfigException.class)
        .hasMessage("device " + device + ": " + message);
  }

  @Test
  void slots_areGivenFromTheFirstFreeOneOn() {
    assertThat(take("a", null, false)).isEqualTo(new PciAddress(2, 0));
    assertThat(take("b", "3", false)).isEqualTo(new PciAddress(3, 0));
    assertThat(take("c", null, false)).isEqualTo(new PciAddress(4, 0));
  }

  @Test
  void addr_isHexadecimal() {
    assertThat(take("a", "0x1f.0x7", false)).isEqualTo(new PciAddress(31, 7));
    assertThat(take("b", "10", false)).isEqualTo(new PciAddress(16, 0));
  }

  @Test
  void everySlotTaken_saysWhatToDo() {
    for (int slot = 2; slot < 32; slot++) {
      take("x", null, false);
    }
    assertRefused(
        "y", null, "every slot is taken; put several into one with addr=S.F,multifunction=on");
  }

  @Test
  void badPlace_saysHowOneIsWritten() {
    for (String addr : new String[] {"20", "3.8", "", "x", "3.", "-1", "0x", "3.1.1", "1000"}) {
      assertRefused(
          "y",
          addr,
          "addr=" + addr + " is no place; write SLOT or SLOT.FUNCTION in hex, up to 1f.7");
    }
  }

  @Test
  void takenPlace_saysByWhat() {
    take("x,addr=3", "3", false);
    assertRefused("y", "3", "addr=3 is taken by x,addr=3; give another addr, or none");
    assertRefused("y", "0", "addr=0 is taken by the chipset; give another addr, or none");
  }

  @Test
  void furtherFunctions_wantTheFirstToBeMultifunction() {
    take("x", "3", false);
    assertRefused("y", "3.1", "a guest would not look for it behind x; add multifunction=on there");
    take("z", "4.1", false);
    assertRefused("w", "4", "a guest would not look for z behind it; add multifunction=on");
    assertThat(take("v", "4", true)).isEqualTo(new PciAddress(4, 0));
    assertThat(take("u", "4.2", false)).isEqualTo(new PciAddress(4, 2));
  }

  @Test
  void otherBus_isRefused() {
    PciPlaces.Wish wish = new PciPlaces.Wish("x", "pci.1", null, false);
    assertThatThrownBy(() -> places.take(wish))
        .hasMessage("device x: there is no bus pci.1; the only one is pci.0");
  }
}
