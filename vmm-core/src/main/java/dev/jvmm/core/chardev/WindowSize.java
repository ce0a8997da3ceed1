package dev.jvmm.core.chardev;

/**
 * How large a screen is, in characters.
 *
 * <p>Thread: immutable.
 *
 * @param columns 0 to 65535; 0 where it is not known
 * @param rows 0 to 65535; 0 where it is not known
 */
public record WindowSize(int columns, int rows) {

  /** No screen, or one that does not say. */
  public static final WindowSize UNKNOWN = new WindowSize(0, 0);
}
