package dev.jvmm.cli.option;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.machine.catalog.OptionText;
import java.util.List;

/**
 * What scripts and managers switch off as a matter of course, and jvmm doesn't have: saying that it
 * is off is right, asking for it is refused.
 */
final class AbsentOptions {

  private AbsentOptions() {}

  static OptionGroup group() {
    return new OptionGroup(
        "Accepted, since it is so",
        List.of(
            onlyNone("display", "there is no display"),
            onlyNone("vga", "there is no display"),
            onlyNone("monitor", "there is no monitor yet"),
            onlyNone("parallel", "there is no parallel port"),
            Option.flag(
                "no-user-config", "there are no configuration files", (request, value) -> {}),
            Option.flag("no-hpet", "there is no HPET", (request, value) -> {}),
            new Option(
                "overcommit",
                "mem-lock=off,cpu-pm=off",
                "memory is not locked, the guest does not idle the host's CPUs",
                (request, value) -> allOff("overcommit", value, "mem-lock", "cpu-pm")),
            new Option(
                "sandbox", "off", "there is no system call filter yet", AbsentOptions::sandbox)));
  }

  private static Option onlyNone(String name, String doc) {
    return new Option(
        name,
        "none",
        doc,
        (request, value) -> {
          if (!value.equals("none")) {
            throw new ConfigException(name, value + ": " + doc + "; leave it out, or say none");
          }
        });
  }

  private static void allOff(String option, String value, String... keys) {
    OptionText parts = OptionText.parse(option, value, null);
    parts.only(keys);
    for (String key : keys) {
      if (parts.bool(key, false)) {
        throw parts.error(key + "=on can't be had; leave it out");
      }
    }
  }

  private static void sandbox(Request request, String value) {
    OptionText parts = OptionText.parse("sandbox", value, "enable");
    if (parts.bool("enable", true)) {
      throw parts.error("there is no system call filter yet; leave it out, or say off");
    }
  }
}
