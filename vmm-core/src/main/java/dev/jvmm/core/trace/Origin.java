package dev.jvmm.core.trace;

/**
 * Where something came from, for recordings and counters.
 *
 * <p>Thread: immutable.
 *
 * @param machine the machine's name
 * @param device the device's id, or what it has on the host, or its type
 */
public record Origin(String machine, String device) {

  /** Of a device that nobody has put into a machine. */
  public static final Origin NOWHERE = new Origin("", "");
}
