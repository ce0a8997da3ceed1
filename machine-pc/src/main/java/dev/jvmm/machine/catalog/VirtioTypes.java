package dev.jvmm.machine.catalog;

import static dev.jvmm.machine.catalog.Property.Kind.CHARDEV;
import static dev.jvmm.machine.catalog.Property.Kind.DRIVE;
import static dev.jvmm.machine.catalog.Property.Kind.INT32;
import static dev.jvmm.machine.catalog.Property.Kind.IOTHREAD;
import static dev.jvmm.machine.catalog.Property.Kind.ON_ERROR;
import static dev.jvmm.machine.catalog.Property.Kind.SIZE32;
import static dev.jvmm.machine.catalog.Property.Kind.SWITCH;
import static dev.jvmm.machine.catalog.Property.Kind.SWITCH_OR_AUTO;
import static dev.jvmm.machine.catalog.Property.Kind.TEXT;
import static dev.jvmm.machine.catalog.Property.Kind.UINT16;
import static dev.jvmm.machine.catalog.Property.Kind.UINT32;
import static dev.jvmm.machine.catalog.Property.Kind.UINT64;

import dev.jvmm.machine.catalog.DeviceType.Category;
import java.util.ArrayList;
import java.util.List;

/**
 * The virtio devices that a user can ask for: each by two names, one for PCI and one for MMIO, and
 * the properties that all of them share.
 *
 * <p>Thread: immutable.
 */
public final class VirtioTypes {

  /** What a device is plugged into whose name ends in {@code -pci}. */
  public static final String PCI = "PCI";

  /** What a device is plugged into whose name ends in {@code -device}. */
  public static final String MMIO = "virtio-bus";

  /** What a port of a console device is plugged into. */
  public static final String SERIAL_BUS = "virtio-serial-bus";

  private static final List<Property> COMMON =
      List.of(
          new Property("event_idx", SWITCH, "on", "notifications by index (VIRTIO_F_EVENT_IDX)"),
          new Property(
              "indirect_desc", SWITCH, "on", "tables of descriptors (VIRTIO_F_INDIRECT_DESC)"),
          new Property("ioeventfd", SWITCH, "on", "notifications go past the vCPU's thread"));

  private static final List<Property> PCI_ONLY =
      List.of(
          new Property("bus", TEXT, "", "the bus that it is on; pci.0 is the only one"),
          new Property("addr", TEXT, "", "slot and function, 06.0 or 6; the next free slot"),
          new Property("multifunction", SWITCH, "off", "whether its slot has further functions"),
          new Property("disable-legacy", SWITCH_OR_AUTO, "auto", "off adds virtio 0.9.5 for it"),
          new Property("disable-modern", SWITCH, "off", "only off: virtio 1 is always there"),
          new Property(
              "vectors", UINT32, "", "MSI-X vectors; one a queue and one more; 0 is none"));

  private static final Property[] BLK = {
    new Property("drive", DRIVE, "", "the disk, of -drive id= or -blockdev node-name="),
    new Property("serial", TEXT, "", "its serial number; the drive's"),
    new Property("num-queues", UINT16, "", "request queues; on PCI one a CPU, else 1"),
    new Property("queue-size", UINT16, "256", "entries of a queue, a power of two"),
    new Property("iothread", IOTHREAD, "", "the -object iothread that serves it"),
    new Property("write-cache", SWITCH_OR_AUTO, "auto", "a write cache; auto: as cache= says"),
    new Property("config-wce", SWITCH, "on", "whether the guest may switch its write cache"),
    new Property("logical_block_size", SIZE32, "", "the unit of requests; the disk's"),
    new Property("physical_block_size", SIZE32, "", "the unit to write; the disk's"),
    new Property("min_io_size", SIZE32, "0", "the least request that is not dear; 0 is unknown"),
    new Property("opt_io_size", SIZE32, "0", "the best request of long streams; 0 is unknown"),
    new Property("discard", SWITCH, "on", "whether the guest may discard"),
    new Property("discard_granularity", SIZE32, "", "what discards are aligned to; the disk's"),
    new Property("max-discard-sectors", UINT32, "4194304", "of 512 bytes, in one discard"),
    new Property("write-zeroes", SWITCH, "on", "whether it may have ranges zeroed"),
    new Property("max-write-zeroes-sectors", UINT32, "4194304", "of 512 bytes, zeroed at once"),
    new Property("share-rw", SWITCH, "off", "whether others may write to the image, too"),
    new Property("rerror", ON_ERROR, "auto", "what a failed read does; auto: as the drive says"),
    new Property("werror", ON_ERROR, "auto", "what a failed write does; auto: as the drive says"),
    new Property("bootindex", INT32, "", "accepted; a kernel is all that can be booted")
  };

  private static final Property[] SERIAL = {
    new Property("max_ports", UINT32, "", "ports that there can be, at most 31; 31, or what it has")
  };

  private static final List<Property> PORT =
      List.of(
          new Property("chardev", CHARDEV, "", "the character device that it speaks to"),
          new Property("name", TEXT, "", "what the guest finds it by, /dev/virtio-ports/NAME"),
          new Property("nr", UINT32, "", "its number, 0 a console's; the next free one"),
          new Property("bus", TEXT, "", "the virtio-serial that it is on, ID.0; the first"));

  private static final Property[] BALLOON = {
    new Property("deflate-on-oom", SWITCH, "off", "the guest takes memory rather than kill"),
    new Property("free-page-reporting", SWITCH, "off", "free pages go back to the host"),
    new Property(
        "guest-stats-polling-interval", UINT32, "0", "seconds between statistics; 0 is never")
  };

  private static final Property[] RNG = {
    new Property("rng", Property.Kind.RNG, "", "the -object rng-...; rng-builtin"),
    new Property("max-bytes", UINT64, "0x7fffffffffffffff", "bytes that the guest gets a period"),
    new Property("period", UINT32, "65536", "how long a period is, in milliseconds")
  };

  /** The block device on PCI. */
  public static final DeviceType BLK_PCI = pci("virtio-blk", Category.STORAGE, "a disk", BLK);

  /** The block device on MMIO. */
  public static final DeviceType BLK_DEVICE = mmio("virtio-blk", Category.STORAGE, "a disk", BLK);

  /** The console device on PCI. */
  public static final DeviceType SERIAL_PCI =
      pci("virtio-serial", Category.INPUT, "consoles and serial ports", SERIAL);

  /** The console device on MMIO. */
  public static final DeviceType SERIAL_DEVICE =
      mmio("virtio-serial", Category.INPUT, "consoles and serial ports", SERIAL);

  /** A port of a console device that is a console. */
  public static final DeviceType CONSOLE_PORT =
      new DeviceType(
          "virtconsole", Category.INPUT, SERIAL_BUS, "a console, hvc0, on a virtio-serial", PORT);

  /** A port of a console device that is a stream of bytes. */
  public static final DeviceType SERIAL_PORT =
      new DeviceType(
          "virtserialport", Category.INPUT, SERIAL_BUS, "a port on a virtio-serial", PORT);

  /** The balloon on PCI. */
  public static final DeviceType BALLOON_PCI =
      pci("virtio-balloon", Category.MISC, "memory that host and guest share out", BALLOON);

  /** The balloon on MMIO. */
  public static final DeviceType BALLOON_DEVICE =
      mmio("virtio-balloon", Category.MISC, "memory that host and guest share out", BALLOON);

  /** The entropy device on PCI. */
  public static final DeviceType RNG_PCI =
      pci("virtio-rng", Category.MISC, "random bytes for the guest", RNG);

  /** The entropy device on MMIO. */
  public static final DeviceType RNG_DEVICE =
      mmio("virtio-rng", Category.MISC, "random bytes for the guest", RNG);

  private VirtioTypes() {}

  /**
   * A device on PCI.
   *
   * @param name without {@code -pci}
   * @param own the properties that not every virtio device has
   */
  static DeviceType pci(String name, Category category, String doc, Property... own) {
    List<Property> properties = new ArrayList<>(List.of(own));
    properties.addAll(COMMON);
    properties.addAll(PCI_ONLY);
    return new DeviceType(name + "-pci", category, PCI, doc, properties);
  }

  /**
   * A device on MMIO.
   *
   * @param name without {@code -device}
   * @param own the properties that not every virtio device has
   */
  static DeviceType mmio(String name, Category category, String doc, Property... own) {
    List<Property> properties = new ArrayList<>(List.of(own));
    properties.addAll(COMMON);
    return new DeviceType(name + "-device", category, MMIO, doc, properties);
  }
}
