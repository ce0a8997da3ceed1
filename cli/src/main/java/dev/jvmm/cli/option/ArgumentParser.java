package dev.jvmm.cli.option;

import dev.jvmm.core.text.Suggestion;
import java.util.List;
import java.util.Map;
import java.util.Stack;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * From arguments to a {@link Request}, by picocli and the {@link OptionTable}.
 *
 * <p>QEMU's rules are narrower than picocli's: an option is an argument of its own, with one dash
 * or two; where it takes a value, the next argument is it, whatever that looks like. So what
 * picocli does beyond that is off: clusters, {@code -m=1G}, {@code @file}, a {@code --} that ends
 * the options, variables.
 *
 * <p>Thread: stateless.
 */
public final class ArgumentParser {

  /** No argument holds it: the kernel's argument strings end there. */
  private static final String NEVER = "\0";

  private ArgumentParser() {}

  /**
   * Reads the arguments in order.
   *
   * @param request takes what they ask for; after an exception, what those before it asked for
   * @throws UsageException if one is no option, or lacks its value
   * @throws dev.jvmm.core.vm.ConfigException if a value is none that its option takes
   */
  public static void parse(Request request, String... arguments) {
    Map<String, Option> options = OptionTable.byName();
    List<String> rest = options(request, options, arguments);
    while (!rest.isEmpty() && isFile(rest.getFirst())) {
      request.machine().hardDisk("hda", 0, rest.getFirst());
      String[] behind = rest.subList(1, rest.size()).toArray(String[]::new);
      rest = options(request, options, behind);
    }
    if (!rest.isEmpty()) {
      throw unknown(rest.getFirst(), options);
    }
  }

  /** An argument that no option takes is the first disk. */
  private static boolean isFile(String argument) {
    return !argument.isEmpty() && !argument.startsWith("-");
  }

  /**
   * Reads options as far as there are.
   *
   * @return the rest, which does not begin with one
   */
  private static List<String> options(
      Request request, Map<String, Option> options, String... arguments) {
    CommandLine parser = new CommandLine(model(request, options, arguments));
    try {
      return parser.parseArgs(arguments).unmatched();
    } catch (ParameterException e) {
      if (e.getCause() instanceof RuntimeException ours) {
        throw ours;
      }
      throw e;
    }
  }

  /**
   * The options that these arguments can name, in the spelling that they use: the start would pay
   * for every further one.
   */
  private static CommandSpec model(
      Request request, Map<String, Option> options, String... arguments) {
    CommandSpec spec = CommandSpec.create().name("jvmm").interpolateVariables(false);
    spec.parser()
        .posixClusteredShortOptionsAllowed(false)
        .separator(NEVER)
        .endOfOptionsDelimiter(NEVER)
        .expandAtFiles(false)
        .trimQuotes(false)
        .unmatchedArgumentsAllowed(true)
        .stopAtUnmatched(true);
    for (String argument : arguments) {
      Option option = argument.startsWith("-") ? options.get(name(argument)) : null;
      if (option != null && !spec.optionsMap().containsKey(argument)) {
        spec.addOption(optionSpec(request, argument, option));
      }
    }
    return spec;
  }

  private static OptionSpec optionSpec(Request request, String spelling, Option option) {
    return OptionSpec.builder(spelling)
        .paramLabel(option.value())
        .description(option.doc())
        .arity(option.takesValue() ? "1" : "0")
        .type(String.class)
        .hasInitialValue(false)
        .parameterConsumer(
            (rest, argSpec, commandSpec) -> {
              option.action().apply(request, value(option, rest));
              if (request.answer() != null) {
                rest.clear(); // what stands behind a question is not looked at
              }
            })
        .build();
  }

  private static String value(Option option, Stack<String> rest) {
    if (!option.takesValue()) {
      return "";
    }
    if (rest.isEmpty()) {
      throw new UsageException("-" + option.name() + ": its value is missing, -" + option.usage());
    }
    return rest.pop();
  }

  private static UsageException unknown(String argument, Map<String, Option> options) {
    if (argument.length() <= 1) {
      return new UsageException(
          (argument.isEmpty() ? "\"\"" : argument)
              + ": neither an option nor a file; options begin with a dash, -help lists them");
    }
    String nearest = Suggestion.nearest(name(argument), options.keySet());
    return new UsageException(
        argument
            + ": no such option; "
            + (nearest == null ? "-help lists them" : "did you mean -" + nearest + "?"));
  }

  private static String name(String argument) {
    return argument.substring(argument.startsWith("--") ? 2 : 1);
  }
}
