package dev.jvmm.core.bus;

/**
 * A device on a bus that has a name of its own, for recordings; others are called by their class.
 *
 * <p>Thread: safe.
 */
public interface Named {

  /** Its name, always the same. */
  String name();
}
