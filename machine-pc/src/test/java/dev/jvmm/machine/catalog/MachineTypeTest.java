package dev.jvmm.machine.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.machine.BoardConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MachineTypeTest {

  @Test
  void parse_names() {
    assertThat(MachineType.parse("pc", BoardConfig.PC)).isEqualTo(BoardConfig.PC);
    assertThat(MachineType.parse("type=microvm", BoardConfig.PC)).isEqualTo(BoardConfig.MICROVM);
  }

  @Test
  void parse_partsOfMicrovm() {
    BoardConfig board =
        MachineType.parse("microvm,acpi=off,serial=off,rtc=off,pit=off,pic=off", BoardConfig.PC);
    assertThat(board)
        .isEqualTo(new BoardConfig(BoardConfig.Type.MICROVM, false, false, false, false, false));
    assertThat(MachineType.parse("microvm,isa-serial=off", BoardConfig.PC).serial()).isFalse();
  }

  @Test
  void parse_withoutType_addsToWhatWasSaid() {
    BoardConfig microvm = MachineType.parse("microvm,rtc=off", BoardConfig.PC);
    BoardConfig board = MachineType.parse("accel=kvm,acpi=off", microvm);
    assertThat(board.type()).isEqualTo(BoardConfig.Type.MICROVM);
    assertThat(board.rtc()).isFalse();
    assertThat(board.acpi()).isFalse();
  }

  @Test
  void parse_whatManagersSay_isUnderstood() {
    assertThat(
            MachineType.parse(
                "pc,accel=kvm:tcg,usb=off,vmport=off,kernel_irqchip=on,smm=off,hpet=off",
                BoardConfig.PC))
        .isEqualTo(BoardConfig.PC);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "micro_vm | micro_vm: no such machine; there are microvm and pc; did you mean microvm?",
        "virt | virt: no such machine; there are microvm and pc",
        "pc,acpy=off | pc,acpy=off: no property acpy; did you mean acpi?",
        "pc,pit=off | pc,pit=off: no property pit",
        "microvm,pit=of | microvm,pit=of: pit is on or off, not of; did you mean off?",
        "pc,accel=tcg | pc,accel=tcg: the only accelerator is kvm",
        "pc,usb=on | pc,usb=on: there is no usb here; usb=off is understood",
        "pc,kernel-irqchip=off | pc,kernel-irqchip=off: the interrupt controllers are KVM's; leave"
            + " kernel-irqchip out",
      })
  void parse_wrong_saysWhatAndWhatElse(String text, String sentence) {
    assertThatThrownBy(() -> MachineType.parse(text, BoardConfig.PC))
        .isInstanceOf(ConfigException.class)
        .hasMessage("machine " + sentence);
  }
}
