package dev.jvmm.machine;

/**
 * A device that is not jvmm's but the embedder's: it says where it goes on the machine's buses.
 *
 * <p>Thread: called once for each machine, by the thread that builds it.
 */
@FunctionalInterface
public interface CustomDevice {

  /**
   * Goes on the machine's buses.
   *
   * @param slots what the machine has for it; not to be used after the return, but for what it has
   *     answered
   */
  void plug(DeviceSlots slots);
}
