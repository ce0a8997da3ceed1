package dev.jvmm.machine.virtio;

import org.jspecify.annotations.Nullable;

/**
 * The types of device as PCI and Linux name them (virtio 1.2, 4.1.2.1 and chapter 5).
 *
 * <p>Thread: immutable.
 */
public enum VirtioKind {
  NET(1, "virtio-net", 0x1000, 0x02_0000, "virtio_net"),
  BLOCK(2, "virtio-blk", 0x1001, 0x01_0000, "virtio_blk"),
  CONSOLE(3, "virtio-serial", 0x1003, 0x07_8000, "virtio_console"),
  ENTROPY(4, "virtio-rng", 0x1005, 0x00_FF00, "virtio_rng"),
  BALLOON(5, "virtio-balloon", 0x1002, 0x00_FF00, "virtio_balloon"),
  VSOCK(19, "vhost-vsock", 0x1012, 0x07_8000, "vmw_vsock_virtio_transport");

  private static final VirtioKind[] ALL = values();

  private final int id;
  private final String stem;
  private final int transitionalId;
  private final int classCode;
  private final String driver;

  VirtioKind(int id, String stem, int transitionalId, int classCode, String driver) {
    this.id = id;
    this.stem = stem;
    this.transitionalId = transitionalId;
    this.classCode = classCode;
    this.driver = driver;
  }

  /** The kind with a device id. */
  static VirtioKind of(int id) {
    for (VirtioKind kind : ALL) {
      if (kind.id == id) {
        return kind;
      }
    }
    throw new IllegalArgumentException("virtio device " + id);
  }

  /** The kind of a device by its name in the catalog, on whichever bus; null where it is none. */
  public static @Nullable VirtioKind named(String type) {
    for (VirtioKind kind : ALL) {
      if (type.equals(kind.stem + "-pci") || type.equals(kind.stem + "-device")) {
        return kind;
      }
    }
    return type.startsWith("virtio-vsock-") ? VSOCK : null; // the one kind with two names
  }

  /** The number of its type. */
  public int id() {
    return id;
  }

  /** Its name in the catalog, but for the bus. */
  public String stem() {
    return stem;
  }

  /** Linux' module for it. */
  public String driver() {
    return driver;
  }

  /** The PCI device id of one that drivers of virtio 0.9.5 know, too. */
  int transitionalId() {
    return transitionalId;
  }

  /** Class, sub-class and programming interface, as QEMU's devices have them. */
  int classCode() {
    return classCode;
  }
}
