package dev.jvmm.machine.disk;

import dev.jvmm.block.DetectZeroes;

/**
 * A node of {@code -blockdev}: bytes, or something between bytes and a device.
 *
 * <p>Thread: immutable.
 */
public sealed interface BlockNodeConfig {

  /** What devices and other nodes call it. */
  String name();

  /**
   * Bytes: {@code file}, {@code host_device}, {@code null-co}.
   *
   * @param source where they are
   */
  record Source(String name, DiskSource source) implements BlockNodeConfig {}

  /**
   * The format {@code raw}, which is none, over another node.
   *
   * @param file the other node
   * @param readOnly whether changes are refused
   * @param discard whether discards go on to {@code file}
   * @param detectZeroes what becomes of writes of zeros
   */
  record Raw(String name, String file, boolean readOnly, boolean discard, DetectZeroes detectZeroes)
      implements BlockNodeConfig {}

  /**
   * The limits of a {@code throttle-group} over another node.
   *
   * @param file the other node
   * @param group the id of the object that has the limits
   */
  record Throttle(String name, String file, String group) implements BlockNodeConfig {}
}
