package dev.jvmm.machine.catalog;

import dev.jvmm.machine.BoardConfig;
import dev.jvmm.machine.catalog.DeviceType.Category;
import java.util.List;

/**
 * What {@code help} as the value of an option prints: one line a thing, spelled so that scripts
 * written for QEMU find its name.
 *
 * <p>Thread: stateless.
 */
public final class CatalogHelp {

  private CatalogHelp() {}

  /** {@code -device help}. */
  public static String devices() {
    StringBuilder text = new StringBuilder();
    for (Category category : Category.values()) {
      String heading = (text.isEmpty() ? "" : "\n") + category.text() + " devices:\n";
      for (DeviceType type : DeviceCatalog.types()) {
        if (type.category() == category) {
          text.append(heading);
          heading = "";
          text.append(
              "name \"%s\", bus %s, desc \"%s\"\n".formatted(type.name(), type.bus(), type.doc()));
        }
      }
    }
    return text.toString();
  }

  /** {@code -device NAME,help}. */
  public static String device(DeviceType type) {
    return type.name()
        + " options:\n"
        + properties(type.properties())
        + property(new Property(DeviceCatalog.ID, Property.Kind.TEXT, "", "its name in messages"));
  }

  /** {@code -machine help}. */
  public static String machines() {
    StringBuilder text = new StringBuilder("Supported machines are:\n");
    for (MachineType type : MachineType.all()) {
      boolean preset = type.board().equals(BoardConfig.PC);
      text.append("%-20s %s%s\n".formatted(type.name(), type.doc(), preset ? " (default)" : ""));
    }
    return text.toString();
  }

  /** {@code -machine NAME,help}. */
  public static String machine(MachineType type) {
    return type.name() + " options:\n" + properties(type.properties());
  }

  /** {@code -chardev help}. */
  public static String chardevs() {
    StringBuilder text = new StringBuilder("Available chardev backend types:\n");
    for (ChardevBackend backend : ChardevBackend.values()) {
      text.append("  %-8s %s\n".formatted(backend.text(), backend.doc()));
    }
    return text.toString();
  }

  /** {@code -object help}. */
  public static String objects() {
    StringBuilder text = new StringBuilder("List of user creatable objects:\n");
    for (ObjectType type : ObjectCatalog.types()) {
      text.append("  %-14s - %s\n".formatted(type.name(), type.doc()));
    }
    return text.toString();
  }

  /** {@code -object NAME,help}. */
  public static String object(ObjectType type) {
    return type.name()
        + " options:\n"
        + properties(type.properties())
        + property(new Property(DeviceCatalog.ID, Property.Kind.TEXT, "", "what devices call it"));
  }

  /** {@code -drive help}. */
  public static String drive() {
    return """
    -drive options:
      file=FILE                - an image, or a block device of the host
      format=raw               - its format; raw is all there is
      if=virtio|none           - with a device, or for -device ...,drive=ID
      id=ID                    - what a device calls it
      index=N                  - its place among those with a device
      readonly=on|off          - the guest can't write (default: off)
      cache=MODE               - none, writeback (default), writethrough, directsync, unsafe
      aio=ENGINE               - threads (default), io_uring, native
      discard=unmap|ignore     - a discard gives the space back, or does nothing (default)
      detect-zeroes=MODE       - off (default), on, unmap: what becomes of zeros
      file.locking=on|off|auto - the image is locked against other users (default: auto)
      rerror=ACTION            - report (default), ignore, stop: what a failed read does
      werror=ACTION            - enospc (default), report, ignore, stop: and a failed write
      serial=TEXT              - its serial number
      bps=N, iops=N            - limits a second; _rd, _wr, _max, _max_length, iops_size
      driver=null-co           - no image: size=N, read-zeroes=on|off
    """;
  }

  /** {@code -blockdev help}. */
  public static String blockdevs() {
    return """
    Block node drivers:
      file, host_device - filename=FILE[,aio=ENGINE][,locking=on|off|auto]
      raw               - file=NODE, or a node inside: file.driver=file,file.filename=FILE
      throttle          - file=NODE,throttle-group=ID: the limits of -object throttle-group
      null-co           - size=N[,read-zeroes=on|off]: nothing
    Options of each:
      node-name=ID, read-only=on|off, discard=unmap|ignore, detect-zeroes=off|on|unmap,
      cache.direct=on|off, cache.no-flush=on|off
    """;
  }

  /** {@code -netdev help}. */
  public static String netdevs() {
    return """
    Available netdev backend types:
    tap
    bridge
    Options of bridge, which is a TAP that a helper makes, for users without privilege:
      br=NAME             - the bridge (default: br0)
      helper=FILE         - the program (default: /usr/lib/qemu/qemu-bridge-helper)
    Options of tap:
      id=ID               - what a device calls it; without, it brings a device along
      ifname=NAME         - the interface; the first free one of tap0, tap1, ...
      br=NAME             - it becomes a port of this bridge; the helper does it for who may not
      helper=FILE         - the program that makes a port of the bridge in our place
      script=FILE         - run with the interface's name once it is open; no: nothing is done
      downscript=FILE     - run before it is closed
      fd=N, fds=N:N       - descriptors that are open already, one a queue
      queues=N            - how many queues it has (default: 1)
      vnet_hdr=on|off     - checksums and segmentation are left to who does them last (default: on)
      sndbuf=SIZE         - how much may be under way into the host (default: no limit)
      vhost=on|off        - frames are moved by the host's kernel (default: off)
    Without br, script and fd an interface that jvmm makes gets an address 192.168.N.1/24, and its
    guest one by DHCP.
    """;
  }

  private static String properties(List<Property> properties) {
    StringBuilder text = new StringBuilder();
    for (Property property : properties) {
      text.append(property(property));
    }
    return text.toString();
  }

  private static String property(Property property) {
    String name = property.name() + "=<" + property.kind().text() + ">";
    String fallback =
        property.fallback().isEmpty() ? "" : " (default: " + property.fallback() + ")";
    return "  %-22s - %s%s\n".formatted(name, property.doc(), fallback);
  }
}
