package dev.jvmm.core.irq;

/**
 * Where devices get vectors from.
 *
 * <p>Thread: safe.
 */
@FunctionalInterface
public interface MsiVectors {

  /**
   * A vector without a message yet.
   *
   * @throws dev.jvmm.core.vm.ConfigException if the host has no more of them
   */
  MsiVector newVector();
}
