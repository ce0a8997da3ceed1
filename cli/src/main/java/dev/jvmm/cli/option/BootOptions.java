package dev.jvmm.cli.option;

import dev.jvmm.machine.catalog.OptionText;
import java.util.List;

/** What the machine starts with, and what becomes of its end. */
final class BootOptions {

  private BootOptions() {}

  static OptionGroup group() {
    return new OptionGroup(
        "Boot",
        List.of(
            new Option(
                "kernel",
                "FILE",
                "a bzImage, an ELF vmlinux or a MultiBoot image",
                (request, value) -> request.machine().kernel(value)),
            new Option(
                "initrd",
                "FILE",
                "its initial RAM disk; MultiBoot: FILE ARGS,FILE ARGS",
                (request, value) -> request.machine().initrd(value)),
            new Option(
                "append",
                "TEXT",
                "the kernel's command line",
                (request, value) -> request.machine().append(value)),
            new Option(
                "fw_cfg",
                "[name=]NAME,file=FILE|string=TEXT",
                "a file that the guest finds by its name",
                (request, value) -> request.machine().fwCfg(value)),
            new Option(
                "boot",
                "[order=]LETTERS[,strict=on|off]",
                "accepted; a kernel is all that can be booted",
                BootOptions::boot),
            Option.flag(
                "S",
                "do not run the CPUs at the start",
                (request, value) -> request.machine().startPaused()),
            Option.flag(
                "no-reboot",
                "exit when the guest asks for a reset",
                (request, value) -> request.machine().noReboot()),
            Option.flag(
                "no-shutdown",
                "stay when the guest powers off",
                (request, value) -> request.machine().noShutdown()),
            new Option(
                "action",
                "reboot=reset|shutdown,shutdown=poweroff|pause",
                "the same as the two above",
                (request, value) -> request.machine().action(value))));
  }

  /** There is no second thing to boot, so no order of things. */
  private static void boot(Request request, String value) {
    OptionText parts = OptionText.parse("boot", value, "order");
    parts.only("order", "once", "menu", "strict");
    parts.bool("strict", false);
    parts.bool("menu", false);
  }
}
