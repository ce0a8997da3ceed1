package dev.jvmm.cli.option;

import dev.jvmm.machine.catalog.CatalogHelp;
import dev.jvmm.machine.catalog.OptionText;
import java.util.List;

/** Serial ports and what they are connected to. */
final class CharacterOptions {

  private CharacterOptions() {}

  static OptionGroup group() {
    return new OptionGroup(
        "Consoles",
        List.of(
            new Option(
                "serial",
                "stdio|pty|file:FILE|unix:PATH[,server=on][,wait=off]|null|none|chardev:ID",
                "the next serial port; the first one is stdio",
                (request, value) -> request.machine().serial(value)),
            new Option(
                "chardev",
                "BACKEND,id=ID[,...]",
                "a character device, for a port or a device; help lists them",
                CharacterOptions::chardev),
            new Option(
                "debugcon",
                "stdio|file:FILE|...",
                "a debug port at 0xe9, written to the same as -serial",
                (request, value) -> request.machine().debugcon(value)),
            Option.flag(
                "nographic",
                "accepted; the console is the serial port in any case",
                (request, value) -> {}),
            Option.flag(
                "nodefaults",
                "no serial port that was not asked for",
                (request, value) -> request.machine().noDefaults())));
  }

  private static void chardev(Request request, String value) {
    if (OptionText.parse("chardev", value, "backend").asksForHelp()) {
      request.answer(CatalogHelp.chardevs());
    } else {
      request.machine().chardev(value);
    }
  }
}
