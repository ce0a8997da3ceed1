package dev.jvmm.machine;

import dev.jvmm.core.vm.GuestRequests;
import dev.jvmm.core.vm.VmEvent;

/** For devices that ask nothing of their machine. */
final class NoRequests implements GuestRequests {

  @Override
  public void powerOff() {}

  @Override
  public void reset() {}

  @Override
  public void exit(int code) {}

  @Override
  public void quit() {}

  @Override
  public void ioError(VmEvent.IoError error) {}

  @Override
  public void failed(String dump) {}
}
