package dev.jvmm.machine.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.machine.DeviceConfig;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceCatalogTest {

  @Test
  void parse_knownDevice_keepsItsProperties() {
    DeviceConfig device = DeviceCatalog.parse("isa-debug-exit,iobase=0xf4,iosize=4,id=x");
    assertThat(device.type()).isEqualTo("isa-debug-exit");
    assertThat(device.properties()).isEqualTo(Map.of("iobase", "0xf4", "iosize", "4", "id", "x"));
  }

  @Test
  void properties_defaultsFilledIn() {
    DeviceProperties properties =
        DeviceProperties.of(DeviceCatalog.parse("isa-debug-exit,iosize=4"));
    assertThat(properties.number("iobase", -1)).isEqualTo(0x501);
    assertThat(properties.number("iosize", -1)).isEqualTo(4);
    assertThat(properties.text("chardev")).isNull();
    assertThat(properties.number("absent", -1)).isEqualTo(-1);
    assertThat(properties.type()).isSameAs(DeviceCatalog.ISA_DEBUG_EXIT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "isa-debug-exitt | isa-debug-exitt: no such device; did you mean isa-debug-exit?",
        "floppy | floppy: no such device; -device help lists them",
        "isa-serial,chardv=a | isa-serial,chardv=a: isa-serial has no property chardv; did you"
            + " mean chardev?",
        "isa-debugcon,bus=9 | isa-debugcon,bus=9: isa-debugcon has no property bus; -device"
            + " isa-debugcon,help lists them",
        "isa-debug-exit,iobase=x | isa-debug-exit,iobase=x: iobase is a number from 0 to 0xffff,"
            + " not x",
        "isa-debug-exit,iobase=65536 | isa-debug-exit,iobase=65536: iobase is a number from 0 to"
            + " 0xffff, not 65536",
        "isa-debugcon,readback=-1 | isa-debugcon,readback=-1: readback is a number from 0 to 0xff,"
            + " not -1",
        "isa-serial,chardev= | isa-serial,chardev=: chardev is the id of a chardev, not empty",
        "id=a | id=a: driver is missing, add driver=...",
        "{\"driver\":\"x\"} | x: no such device; -device help lists them",
        "virtio-blk-pci,drive=a,werror=maybe | virtio-blk-pci,drive=a,werror=maybe: werror is one"
            + " of report, ignore, enospc, stop, auto, not maybe",
        "virtio-blk-pci,num-queue=2 | virtio-blk-pci,num-queue=2: virtio-blk-pci has no property"
            + " num-queue; did you mean num-queues?",
        "virtio-blk-pci,discard=2 | virtio-blk-pci,discard=2: discard is on or off, not 2",
        "virtio-blk-pci,logical_block_size=4Q | virtio-blk-pci,logical_block_size=4Q:"
            + " logical_block_size is a size up to 4G, not 4Q",
        "virtio-blk-pci,bootindex=-2 | virtio-blk-pci,bootindex=-2: bootindex is a number from 0 to"
            + " 0x7fffffff, not -2",
      })
  void parse_wrong_saysWhatAndWhatElse(String text, String sentence) {
    assertThatThrownBy(() -> DeviceCatalog.parse(text))
        .isInstanceOf(ConfigException.class)
        .hasMessage("device " + sentence);
  }

  @Test
  void checked_wrongProperty_isRefusedAsFromText() {
    DeviceConfig device = new DeviceConfig("isa-serial", Map.of("index", "one", "id", "a,b"));
    assertThatThrownBy(() -> DeviceCatalog.checked(device))
        .hasMessage(
            "device isa-serial,id=a,,b,index=one: index is a number from 0 to 0xff, not one");
  }

  @Test
  void types_defaultsAreValuesOfTheirKind() {
    assertThat(DeviceCatalog.types())
        .isNotEmpty()
        .allSatisfy(
            type ->
                assertThat(type.properties())
                    .filteredOn(property -> !property.fallback().isEmpty())
                    .allSatisfy(
                        property -> assertThat(property.objection(property.fallback())).isNull()));
  }
}
