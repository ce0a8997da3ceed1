package dev.jvmm.machine.catalog;

import dev.jvmm.core.text.Suggestion;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.machine.BoardConfig;
import dev.jvmm.machine.catalog.Property.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * A machine that a user can ask for ({@code -machine}).
 *
 * @param board what it is where nothing more is said
 * @param doc one line, no full stop
 * @param properties which of its parts can be chosen
 */
public record MachineType(BoardConfig board, String doc, List<Property> properties) {

  /** The accelerator that there is. */
  public static final String KVM = "kvm";

  private static final Property ACPI =
      new Property("acpi", Kind.SWITCH, "on", "ACPI tables for the guest");

  private static final MachineType PC =
      new MachineType(BoardConfig.PC, "a PC with serial ports, RTC, PS/2 and ACPI", List.of(ACPI));

  private static final MachineType MICROVM =
      new MachineType(
          BoardConfig.MICROVM,
          "a small machine: no PCI, hardware-reduced ACPI",
          List.of(
              ACPI,
              new Property("serial", Kind.SWITCH, "on", "the serial ports"),
              new Property("rtc", Kind.SWITCH, "on", "the clock of a PC"),
              new Property("pit", Kind.SWITCH, "on", "the timer of a PC"),
              new Property("pic", Kind.SWITCH, "on", "the interrupt controllers of a PC")));

  private static final List<MachineType> ALL = List.of(MICROVM, PC);

  /** What a PC of QEMU has and jvmm has not: saying that it is off is saying what is. */
  private static final List<String> ABSENT =
      List.of("usb", "vmport", "smm", "hpet", "graphics", "nvdimm");

  /** Every machine, in the order of the lists. */
  public static List<MachineType> all() {
    return ALL;
  }

  /** As it is spelled. */
  public String name() {
    return board.type().text();
  }

  /** The machine of this name. */
  public static MachineType require(String name) {
    List<String> names = new ArrayList<>();
    for (MachineType type : ALL) {
      if (type.name().equals(name)) {
        return type;
      }
      names.add(type.name());
    }
    throw new ConfigException(
        "machine",
        name
            + ": no such machine; there are "
            + String.join(" and ", names)
            + Suggestion.ending(name, names));
  }

  /**
   * Reads {@code -machine [TYPE][,property=value]}.
   *
   * @param current what is kept where the text names no type
   */
  public static BoardConfig parse(String text, BoardConfig current) {
    OptionText parts = OptionText.parse("machine", text, "type");
    String name = parts.text("type");
    MachineType type = require(name == null ? current.type().text() : name);
    BoardConfig start = name == null ? current : type.board;
    type.check(parts);
    return new BoardConfig(
        start.type(),
        parts.bool("acpi", start.acpi()),
        parts.bool("isa-serial", parts.bool("serial", start.serial())),
        parts.bool("rtc", start.rtc()),
        parts.bool("pit", start.pit()),
        parts.bool("pic", start.pic()));
  }

  private void check(OptionText parts) {
    List<String> known = new ArrayList<>();
    properties.forEach(property -> known.add(property.name()));
    boolean microvm = board.type() == BoardConfig.Type.MICROVM;
    for (OptionText.Entry entry : parts.entries()) {
      String key = entry.key();
      switch (key) {
        case "type" -> {}
        case "accel" -> requireKvm("machine", parts.toString(), parts.require("accel"));
        case "kernel-irqchip", "kernel_irqchip" -> {
          if (!parts.bool(key, true)) {
            throw parts.error("the interrupt controllers are KVM's; leave " + key + " out");
          }
        }
        default -> {
          boolean spelledAsQemu = microvm && key.equals("isa-serial");
          if (ABSENT.contains(key)) {
            if (parts.bool(key, false)) {
              throw parts.error("there is no " + key + " here; " + key + "=off is understood");
            }
          } else if (!known.contains(key) && !spelledAsQemu) {
            known.add("accel");
            throw parts.unknown(key, known);
          }
        }
      }
    }
  }

  /**
   * Refuses an accelerator other than KVM; several may be named, the first that is there counts.
   */
  public static void requireKvm(String option, String text, String accelerators) {
    if (!List.of(accelerators.split(":")).contains(KVM)) {
      throw new ConfigException(
          option,
          text + ": the only accelerator is kvm" + Suggestion.ending(accelerators, List.of(KVM)));
    }
  }
}
