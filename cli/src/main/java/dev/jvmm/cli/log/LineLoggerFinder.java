package dev.jvmm.cli.log;

/**
 * Answers the platform's question for loggers with ours: {@code java.util.logging} costs tens of
 * milliseconds at its first line.
 *
 * <p>Thread: safe.
 */
public final class LineLoggerFinder extends System.LoggerFinder {

  /** Called by the platform's service loader. */
  public LineLoggerFinder() {}

  @Override
  public System.Logger getLogger(String name, Module module) {
    return new LineLogger(name);
  }
}
