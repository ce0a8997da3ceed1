package dev.jvmm.machine;

import dev.jvmm.core.vm.GuestRequests;
import dev.jvmm.core.vm.VmEvent;
import dev.jvmm.vcpu.VcpuSet;
import org.jspecify.annotations.Nullable;

/**
 * A guest's wishes on their way from a device to the control of the machine: the vCPU that has
 * wished stands, once its exit is completed, so that it does not run on behind it.
 *
 * <p>Thread: safe; returns at once.
 */
final class Wishes implements GuestRequests {

  private final GuestRequests control;
  // Devices are made before the vCPUs, and no guest runs before both are there.
  private volatile @Nullable VcpuSet vcpus;

  /** Hands on to {@code control}. */
  Wishes(GuestRequests control) {
    this.control = control;
  }

  /** Says whose vCPUs may wish. */
  void from(VcpuSet vcpus) {
    this.vcpus = vcpus;
  }

  @Override
  public void powerOff() {
    control.powerOff();
    hold();
  }

  @Override
  public void reset() {
    control.reset();
    hold();
  }

  @Override
  public void exit(int code) {
    control.exit(code);
    hold();
  }

  @Override
  public void quit() {
    control.quit();
  }

  @Override
  public void ioError(VmEvent.IoError error) {
    control.ioError(error);
  }

  @Override
  public void failed(String dump) {
    control.failed(dump);
    hold();
  }

  private void hold() {
    VcpuSet set = vcpus;
    if (set != null) {
      set.holdCurrent();
    }
  }
}
