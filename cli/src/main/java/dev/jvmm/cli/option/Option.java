package dev.jvmm.cli.option;

/**
 * One option of the command line.
 *
 * @param name without its dash
 * @param value what stands behind it, for the help; empty where nothing does
 * @param doc one line, no full stop
 * @param action what it does
 */
public record Option(String name, String value, String doc, Action action) {

  /** What an option does. */
  public interface Action {

    /**
     * Puts it into the request.
     *
     * @param value what stood behind the option; empty where it takes none
     * @throws dev.jvmm.core.vm.ConfigException if the value is none that it takes
     */
    void apply(Request request, String value);
  }

  /** An option that stands alone. */
  static Option flag(String name, String doc, Action action) {
    return new Option(name, "", doc, action);
  }

  /** Whether the next argument is its value. */
  boolean takesValue() {
    return !value.isEmpty();
  }

  /** How it is written, with what stands behind it; without the dash. */
  String usage() {
    return takesValue() ? name + " " + value : name;
  }
}
