package dev.jvmm.cli.option;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All options: the parser's model and the help are made of it.
 *
 * <p>Thread: stateless.
 */
final class OptionTable {

  private static final int DOC_COLUMN = 30;

  private OptionTable() {}

  static List<OptionGroup> groups() {
    return List.of(
        MachineOptions.group(),
        BootOptions.group(),
        DiskOptions.group(),
        NetOptions.group(),
        CharacterOptions.group(),
        DeviceOptions.group(),
        ProcessOptions.group(),
        AbsentOptions.group());
  }

  static Map<String, Option> byName() {
    Map<String, Option> options = new LinkedHashMap<>(128);
    for (OptionGroup group : groups()) {
      for (Option option : group.options()) {
        options.put(option.name(), option);
      }
    }
    return options;
  }

  /** What {@code -help} prints. */
  static String help() {
    StringBuilder text =
        new StringBuilder(
            """
            usage: jvmm [options] [FILE]
            Without -kernel it boots the newest kernel in /boot to a shell.
            """);
    for (OptionGroup group : groups()) {
      text.append('\n').append(group.title()).append(":\n");
      for (Option option : group.options()) {
        String usage = "  -" + option.usage();
        text.append(usage);
        if (usage.length() >= DOC_COLUMN) {
          text.append('\n').repeat(' ', DOC_COLUMN);
        } else {
          text.repeat(' ', DOC_COLUMN - usage.length());
        }
        text.append(option.doc()).append('\n');
      }
    }
    return text.toString();
  }
}
