package dev.jvmm.machine.catalog;

import static dev.jvmm.machine.catalog.Property.Kind.SWITCH;
import static dev.jvmm.machine.catalog.Property.Kind.SWITCH_OR_AUTO;
import static dev.jvmm.machine.catalog.Property.Kind.TEXT;
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

  private static final Property[] RNG = {
    new Property("max-bytes", UINT64, "0x7fffffffffffffff", "bytes that the guest gets a period"),
    new Property("period", UINT32, "65536", "how long a period is, in milliseconds")
  };

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
