package dev.jvmm.kvm;

import dev.jvmm.linux.EventFd;
import java.util.OptionalLong;

/**
 * A guest's write that signals an eventfd and never leaves the kernel ({@code struct
 * kvm_ioeventfd}, KVM API 4.59).
 *
 * @param eventFd what is signalled
 * @param address a guest-physical address, or a port
 * @param lengthBytes the width that must match: 1, 2, 4, 8, or 0 for any, which is also the fastest
 * @param port whether {@code address} is a port
 * @param dataMatch the one value that counts; empty for any, as it must be with length 0
 */
public record IoEventFd(
    EventFd eventFd, long address, int lengthBytes, boolean port, OptionalLong dataMatch) {

  /** A write of any width and value to a guest-physical address. */
  public static IoEventFd mmio(EventFd eventFd, long gpa) {
    return new IoEventFd(eventFd, gpa, 0, false, OptionalLong.empty());
  }

  /** A write of any value to a port. */
  public static IoEventFd port(EventFd eventFd, int port, int lengthBytes) {
    return new IoEventFd(eventFd, port, lengthBytes, true, OptionalLong.empty());
  }
}
