package dev.jvmm.cli.option;

import dev.jvmm.core.text.Suggestion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All options, and the way from arguments to a {@link Request}.
 *
 * <p>QEMU's rules are simple: an option is an argument of its own, with one dash or two; where it
 * takes a value, the next argument is it, whatever that looks like. A general parser of command
 * lines does not pay here: 35 options in picocli's model cost 13 ms of start-up, a fifth of all.
 *
 * <p>Thread: stateless.
 */
public final class CommandLine {

  private static final int DOC_COLUMN = 30;

  private CommandLine() {}

  /**
   * Reads the arguments in order.
   *
   * @param request takes what they ask for; after an exception, what those before it asked for
   * @throws UsageException if one is no option, or lacks its value
   * @throws dev.jvmm.core.vm.ConfigException if a value is none that its option takes
   */
  public static void parse(Request request, String... arguments) {
    Map<String, Option> options = byName();
    for (int i = 0; i < arguments.length && request.answer() == null; i++) {
      Option option = find(options, arguments[i]);
      String value = "";
      if (option.takesValue()) {
        i++;
        if (i == arguments.length) {
          throw new UsageException(
              "-" + option.name() + ": its value is missing, -" + usage(option));
        }
        value = arguments[i];
      }
      option.action().apply(request, value);
    }
  }

  private static Option find(Map<String, Option> options, String argument) {
    if (!argument.startsWith("-") || argument.length() == 1) {
      throw new UsageException(
          (argument.isEmpty() ? "\"\"" : argument)
              + ": not an option; options begin with a dash, -help lists them");
    }
    String name = argument.substring(argument.startsWith("--") ? 2 : 1);
    Option option = options.get(name);
    if (option == null) {
      String nearest = Suggestion.nearest(name, options.keySet());
      throw new UsageException(
          argument
              + ": no such option; "
              + (nearest == null ? "-help lists them" : "did you mean -" + nearest + "?"));
    }
    return option;
  }

  private static Map<String, Option> byName() {
    Map<String, Option> options = new LinkedHashMap<>(128);
    for (OptionGroup group : groups()) {
      for (Option option : group.options()) {
        options.put(option.name(), option);
      }
    }
    return options;
  }

  static List<OptionGroup> groups() {
    return List.of(
        MachineOptions.group(),
        BootOptions.group(),
        CharacterOptions.group(),
        DeviceOptions.group(),
        ProcessOptions.group(),
        AbsentOptions.group());
  }

  /** What {@code -help} prints. */
  static String help() {
    StringBuilder text =
        new StringBuilder(
            """
            usage: jvmm [options]
            Without -kernel it boots the newest kernel in /boot to a shell.
            """);
    for (OptionGroup group : groups()) {
      text.append('\n').append(group.title()).append(":\n");
      for (Option option : group.options()) {
        String usage = "  -" + usage(option);
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

  private static String usage(Option option) {
    return option.takesValue() ? option.name() + " " + option.value() : option.name();
  }
}
