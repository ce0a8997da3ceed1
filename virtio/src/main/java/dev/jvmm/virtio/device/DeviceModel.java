package dev.jvmm.virtio.device;

import dev.jvmm.virtio.queue.QueueLimits;
import dev.jvmm.virtio.queue.SplitVirtqueue;
import java.util.List;

/**
 * What one type of device adds to {@link VirtioDevice}: its identity, and what its queues do.
 *
 * <p>Thread: {@link #start} and {@link Run#serve} are called under the monitor of the device, on
 * vCPU threads or, for a legacy driver, an event loop's, and do not wait; the rest is immutable.
 */
public interface DeviceModel {

  /** The number of this type (virtio 1.2, chapter 5). */
  int deviceId();

  /** The feature bits of this type that are offered. */
  long features();

  /** Its queues, in the order of their numbers. */
  List<QueueLimits> queues();

  /** Its configuration. */
  ConfigSpace config();

  /**
   * The driver is ready (DRIVER_OK).
   *
   * @param features what was negotiated
   */
  Run start(long features);

  /** A device between DRIVER_OK and its reset; what exists only then hangs here. */
  @FunctionalInterface
  interface Run {

    /**
     * Makes the worker of a queue that was enabled: once at the start, and again after each reset
     * of that queue alone.
     *
     * @param wake asks for a run of this worker, from any thread
     */
    QueueWorker serve(int index, SplitVirtqueue queue, Runnable wake);
  }
}
