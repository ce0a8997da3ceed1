package dev.jvmm.machine.catalog;

import static dev.jvmm.machine.catalog.Property.Kind.TEXT;
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

  /** The UNIX socket that stands for the guest's ports. */
  public static final String SOCKET = "socket";

  private static final Property[] OWN = {
    new Property(CID, UINT64, "", "the guest's address, 3 or more"),
    new Property(SOCKET, TEXT, "", "the UNIX socket for the guest's ports; PATH_1234 the host's")
  };

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

  /** Sockets by UNIX sockets, on PCI. */
  public static final DeviceType PCI =
      VirtioTypes.pci("virtio-vsock", Category.NETWORK, "sockets by UNIX sockets", OWN);

  /** Sockets by UNIX sockets, on MMIO. */
  public static final DeviceType DEVICE =
      VirtioTypes.mmio("virtio-vsock", Category.NETWORK, "sockets by UNIX sockets", OWN);

  private VsockTypes() {}
}
