package dev.jvmm.machine.catalog;

import static dev.jvmm.machine.catalog.Property.Kind.UINT32;
import static dev.jvmm.machine.catalog.Property.Kind.UINT64;

import dev.jvmm.machine.catalog.DeviceType.Category;

/**
 * The devices for sockets between guest and host.
 *
 * <p>Thread: immutable.
 */
public final class VsockTypes {

  /** The guest's address among sockets. */
  public static final String CID = "guest-cid";

  /** An open device of the kernel's. */
  public static final String VHOST_FD = "vhostfd";

  private static final Property[] VHOST = {
    new Property(CID, UINT64, "", "the guest's address, 3 or more; no two guests have the same"),
    new Property(VHOST_FD, UINT32, "", "an open /dev/vhost-vsock, by its number")
  };

  /** Sockets by the host's kernel, on PCI. */
  public static final DeviceType VHOST_PCI =
      VirtioTypes.pci("vhost-vsock", Category.NETWORK, "sockets by the host's kernel", VHOST);

  /** Sockets by the host's kernel, on MMIO. */
  public static final DeviceType VHOST_DEVICE =
      VirtioTypes.mmio("vhost-vsock", Category.NETWORK, "sockets by the host's kernel", VHOST);

  private VsockTypes() {}
}
