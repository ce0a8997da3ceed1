package dev.jvmm.core.event;

/**
 * Where devices get doorbells from.
 *
 * <p>Thread: safe.
 */
public interface Doorbells {

  /**
   * A doorbell that hangs nowhere yet.
   *
   * @param loop on whose thread {@code rung} runs, once for any number of rings that came meanwhile
   */
  Doorbell newDoorbell(EventLoop loop, Runnable rung);

  /**
   * A doorbell that hangs nowhere yet, and is heard by whoever waits for a signal.
   *
   * @param rung one of the host's; it is not closed with the doorbell
   */
  Doorbell newDoorbell(Signal rung);
}
