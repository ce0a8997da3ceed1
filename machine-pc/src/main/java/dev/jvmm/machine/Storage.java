package dev.jvmm.machine;

import dev.jvmm.core.vm.Spelling;
import dev.jvmm.machine.catalog.BlockdevText;
import dev.jvmm.machine.catalog.DriveText;
import dev.jvmm.machine.catalog.ObjectCatalog;
import dev.jvmm.machine.catalog.VirtioTypes;
import dev.jvmm.machine.disk.BlockNodeConfig;
import dev.jvmm.machine.disk.DriveConfig;
import dev.jvmm.machine.disk.DriveConfig.Attachment;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The drives, block nodes and objects as they are said, each name once.
 *
 * <p>Thread: confined.
 */
final class Storage {

  /** With the ends that nodes inside other nodes have. */
  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z][A-Za-z0-9._-]*(/file)*");

  private final List<DriveConfig> drives = new ArrayList<>();
  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private final Map<String, ObjectConfig> objects = new LinkedHashMap<>();
  private final Map<String, Spelling> names = new LinkedHashMap<>(); // of drives and nodes
  private final Map<Integer, Spelling> indices = new TreeMap<>();

  /** A node, and how the user asked for it. */
  record Node(BlockNodeConfig config, Spelling asked) {}

  void drive(String text) {
    drive(DriveText.parse(text));
  }

  void drive(String option, int index, String file) {
    drive(DriveText.parseShort(option, index, file));
  }

  void drive(DriveConfig drive) {
    Spelling asked = drive.disk().asked();
    if (drive.id() != null) {
      name(drive.id(), asked);
    }
    if (drive.index() != null && drive.attachment() == Attachment.VIRTIO) {
      Spelling other = indices.putIfAbsent(drive.index(), asked);
      if (other != null) {
        throw asked.refused("index " + drive.index() + " is taken by " + other);
      }
    }
    drives.add(drive);
  }

  void blockdev(String text) {
    Spelling asked = new Spelling("blockdev", text);
    BlockdevText.parse(text).forEach(node -> add(new Node(node, asked)));
  }

  void blockdev(BlockNodeConfig node) {
    add(new Node(node, new Spelling("blockdev", "node-name=" + node.name())));
  }

  private void add(Node node) {
    name(node.config().name(), node.asked());
    nodes.put(node.config().name(), node);
  }

  /** Drives and nodes share their names. */
  private void name(String name, Spelling asked) {
    requireIdentifier(name, asked);
    Spelling other = names.putIfAbsent(name, asked);
    if (other != null) {
      throw asked.refused("the id " + name + " is taken by " + other);
    }
  }

  private static void requireIdentifier(String id, Spelling asked) {
    if (!IDENTIFIER.matcher(id).matches()) {
      throw asked.refused(
          "an id begins with a letter and goes on with letters, digits and - . _, not " + id);
    }
  }

  void object(String text) {
    object(ObjectCatalog.parse(text), new Spelling("object", text));
  }

  void object(ObjectConfig object) {
    ObjectConfig checked = ObjectCatalog.checked(object);
    object(checked, new Spelling("object", ObjectCatalog.spelled(checked)));
  }

  private void object(ObjectConfig object, Spelling asked) {
    requireIdentifier(object.id(), asked);
    ObjectConfig other = objects.putIfAbsent(object.id(), object);
    if (other != null) {
      throw asked.refused(
          "the id " + object.id() + " is taken by -object " + ObjectCatalog.spelled(other));
    }
  }

  /** The devices that drives bring along, by index, then in the order of the drives. */
  List<DeviceConfig> devices(BoardConfig board) {
    boolean mmio = board.type() == BoardConfig.Type.MICROVM;
    String type = (mmio ? VirtioTypes.BLK_DEVICE : VirtioTypes.BLK_PCI).name();
    List<DeviceConfig> devices = new ArrayList<>();
    attached().forEach((id, drive) -> devices.add(new DeviceConfig(type, Map.of("drive", id))));
    return devices;
  }

  /** The drives that bring a device along, each with its id, in the order of their indices. */
  private Map<String, DriveConfig> attached() {
    TreeMap<Integer, DriveConfig> places = new TreeMap<>();
    int next = 0;
    for (DriveConfig drive : drives) {
      if (drive.attachment() == Attachment.VIRTIO) {
        while (drive.index() == null && indices.containsKey(next)) {
          next++;
        }
        places.put(drive.index() == null ? next++ : drive.index(), drive);
      }
    }
    Map<String, DriveConfig> attached = new LinkedHashMap<>();
    places.forEach(
        (index, drive) -> attached.put(drive.id() == null ? freeName(index) : drive.id(), drive));
    return attached;
  }

  private String freeName(int index) {
    String name = "virtio" + index;
    while (names.containsKey(name)) {
      name += "-drive";
    }
    return name;
  }

  /**
   * Settles which device has which disk.
   *
   * @param devices all of the machine; the last of them are those of {@link #devices}
   */
  StorageConfig plan(List<DeviceConfig> devices) {
    StoragePlan plan = new StoragePlan(objects, nodes);
    Map<String, DriveConfig> attached = attached();
    attached.forEach((id, drive) -> plan.offer(id, drive.disk()));
    for (DriveConfig drive : drives) {
      if (drive.id() != null) {
        plan.offer(drive.id(), drive.disk());
      }
    }
    int asked = devices.size() - attached.size();
    devices.subList(0, asked).forEach(plan::device);
    Iterator<DeviceConfig> own = devices.subList(asked, devices.size()).iterator();
    attached.forEach((id, drive) -> plan.deviceOf(id, drive, own.next()));
    return plan.config();
  }
}
