package dev.jvmm.core.vm;

/**
 * The user asked for something that can't be had: one sentence that says what to do.
 *
 * <p>The property is named as QEMU names the option ({@code kernel}, {@code m}, {@code smp}); the
 * command line puts its dash in front, so the two read {@code -kernel vmlinuz: ...}.
 */
public final class ConfigException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String property;

  /**
   * Says what is wrong.
   *
   * @param property the option or property, without dashes
   * @param sentence the value, a colon, what is wrong with it and what to do; no full stop
   */
  public ConfigException(String property, String sentence) {
    super(property + " " + sentence);
    this.property = property;
  }

  /** As {@link #ConfigException(String, String)}, with what the host or the parser said. */
  public ConfigException(String property, String sentence, Throwable cause) {
    super(property + " " + sentence, cause);
    this.property = property;
  }

  /** The same under another name: an option that the user has typed by its short form. */
  public ConfigException spelled(String typed) {
    String sentence = String.valueOf(getMessage()).substring(property.length() + 1);
    return new ConfigException(typed, sentence, this);
  }

  /** The option or property, without dashes. */
  public String property() {
    return property;
  }
}
