package dev.jvmm.core.vm;

/**
 * How the user asked for something: what a later stage quotes that has to refuse it.
 *
 * <p>Thread: immutable.
 *
 * @param option without its dash
 * @param value what stood behind it
 */
public record Spelling(String option, String value) {

  /**
   * What to say when it can't be had.
   *
   * @param reason what is wrong and what to do; no full stop
   */
  public ConfigException refused(String reason) {
    return new ConfigException(option, value + ": " + reason);
  }

  /** As {@link #refused(String)}, with what the host said. */
  public ConfigException refused(String reason, Throwable cause) {
    return new ConfigException(option, value + ": " + reason, cause);
  }

  /** As it stands on the command line. */
  @Override
  public String toString() {
    return "-" + option + " " + value;
  }
}
