package dev.jvmm.virtio.device;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Waits for what another thread brings about, under a monitor that it notifies.
 *
 * <p>Thread: stateless; an interrupt is kept for later.
 */
final class MonitorWait {

  private MonitorWait() {}

  /**
   * Waits until {@code done}, not much longer than {@code millis}; the caller holds the monitor.
   *
   * @return whether it is done
   */
  static boolean until(Object monitor, BooleanSupplier done, long millis) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    boolean interrupted = false;
    while (!done.getAsBoolean()) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        break;
      }
      try {
        monitor.wait(left);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return done.getAsBoolean();
  }
}
