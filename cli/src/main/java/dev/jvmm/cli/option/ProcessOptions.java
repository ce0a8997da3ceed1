package dev.jvmm.cli.option;

import dev.jvmm.core.text.Suggestion;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.machine.catalog.GuestText;
import dev.jvmm.machine.catalog.OptionText;
import java.lang.System.Logger.Level;
import java.lang.module.ModuleDescriptor;
import java.util.List;

/** The process around the machine: its id, its messages, its texts. */
final class ProcessOptions {

  /** QEMU's names for what jvmm logs at its finest. */
  private static final List<String> LOG_ITEMS = List.of("guest_errors", "unimp");

  private ProcessOptions() {}

  static OptionGroup group() {
    return new OptionGroup(
        "Process",
        List.of(
            new Option(
                "pidfile",
                "FILE",
                "write the process id there; it is removed at the end",
                (request, value) -> request.pidFile(GuestText.path("pidfile", value))),
            new Option(
                "D",
                "FILE",
                "write messages there; %d is the process id",
                (request, value) -> request.logFile(logFile(value))),
            new Option(
                "d",
                "ITEM[,ITEM]",
                "write more messages with -D; help lists the items",
                ProcessOptions::logItems),
            new Option(
                "msg",
                "timestamp=on|off",
                "begin messages with the time",
                ProcessOptions::messages),
            Option.flag(
                "version", "print the version", (request, value) -> request.answer(version())),
            Option.flag(
                "help", "print this text", (request, value) -> request.answer(OptionTable.help())),
            Option.flag("h", "the same", (request, value) -> request.answer(OptionTable.help()))));
  }

  private static java.nio.file.Path logFile(String value) {
    String pid = Long.toString(ProcessHandle.current().pid());
    return GuestText.path("D", value.replace("%d", pid));
  }

  private static void logItems(Request request, String value) {
    if (value.equals("help") || value.equals("?")) {
      request.answer("Log items:\nguest_errors, unimp: what a guest does wrongly, and the like\n");
      return;
    }
    for (String item : OptionText.split(value)) {
      if (!LOG_ITEMS.contains(item)) {
        throw new ConfigException(
            "d",
            value
                + ": no item "
                + item
                + "; there are "
                + String.join(", ", LOG_ITEMS)
                + Suggestion.ending(item, LOG_ITEMS));
      }
    }
    request.logLevel(Level.DEBUG);
  }

  private static void messages(Request request, String value) {
    OptionText parts = OptionText.parse("msg", value, "timestamp");
    parts.only("timestamp");
    request.timestamps(parts.bool("timestamp", false));
  }

  private static String version() {
    ModuleDescriptor descriptor = ProcessOptions.class.getModule().getDescriptor();
    String version = descriptor == null ? "unknown" : descriptor.rawVersion().orElse("unknown");
    return "jvmm version " + version + "\n";
  }
}
