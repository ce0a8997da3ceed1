package dev.jvmm.core.event;

/**
 * Where devices get doorbells from.
 *
 * <p>Thread: safe.
 */
@FunctionalInterface
public interface Doorbells {

  /**
   * A doorbell that hangs nowhere yet.
   *
   * @param loop on whose thread {@code rung} runs, once for any number of rings that came meanwhile
   */
  Doorbell newDoorbell(EventLoop loop, Runnable rung);
}
