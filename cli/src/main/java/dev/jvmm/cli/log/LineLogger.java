package dev.jvmm.cli.log;

import java.text.MessageFormat;
import java.util.MissingResourceException;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/**
 * A logger whose lines go to {@link LineLog}.
 *
 * <p>Thread: safe.
 *
 * @param getName the name, as the interface calls it
 */
record LineLogger(String getName) implements System.Logger {

  @Override
  public boolean isLoggable(Level level) {
    return LineLog.accepts(level);
  }

  @Override
  public void log(
      Level level,
      @Nullable ResourceBundle bundle,
      @Nullable String message,
      @Nullable Throwable thrown) {
    if (LineLog.accepts(level)) {
      LineLog.write(level, getName, translated(bundle, message), thrown);
    }
  }

  @Override
  public void log(
      Level level,
      @Nullable ResourceBundle bundle,
      @Nullable String format,
      @Nullable Object @Nullable ... parameters) {
    if (LineLog.accepts(level)) {
      String text = translated(bundle, format);
      boolean plain = parameters == null || parameters.length == 0;
      LineLog.write(level, getName, plain ? text : MessageFormat.format(text, parameters), null);
    }
  }

  private static String translated(@Nullable ResourceBundle bundle, @Nullable String message) {
    if (bundle == null || message == null) {
      return String.valueOf(message);
    }
    try {
      return bundle.getString(message);
    } catch (MissingResourceException | ClassCastException e) {
      return message;
    }
  }
}
