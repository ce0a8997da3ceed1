package dev.jvmm.machine.pci;

/**
 * What a function says that it is (PCI Local Bus 3.0, 6.2.1).
 *
 * <p>Thread: immutable.
 *
 * @param vendor who made it
 * @param device which of the vendor's it is
 * @param revision 0 to 255
 * @param classCode base class, sub-class and programming interface, 24 bits
 * @param subsystemVendor who made the board that it is on, 0 for a part of the chipset
 * @param subsystem which board of that vendor
 */
public record PciIdentity(
    int vendor, int device, int revision, int classCode, int subsystemVendor, int subsystem) {

  /** Refuses what the registers have no room for. */
  public PciIdentity {
    if ((vendor | device | subsystemVendor | subsystem) >>> 16 != 0
        || revision >>> 8 != 0
        || classCode >>> 24 != 0) {
      throw new IllegalArgumentException("PCI function %#x:%#x".formatted(vendor, device));
    }
  }
}
