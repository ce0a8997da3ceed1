package dev.jvmm.core.irq;

/**
 * A device's end of an interrupt line: a level that the device holds high or low.
 *
 * <p>Thread: safe. Setting the level that the line has already costs nothing.
 */
@FunctionalInterface
public interface IrqLine {

  /** Holds the line high ({@code true}) or lets it go. */
  void set(boolean high);

  /** A rising and a falling edge, for a device that has no level of its own. */
  default void pulse() {
    set(true);
    set(false);
  }
}
