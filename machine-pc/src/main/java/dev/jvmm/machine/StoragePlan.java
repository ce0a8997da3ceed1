package dev.jvmm.machine;

import dev.jvmm.block.DetectZeroes;
import dev.jvmm.block.RawImageConfig;
import dev.jvmm.block.RawImageConfig.Sharing;
import dev.jvmm.block.ThrottleConfig;
import dev.jvmm.core.text.Suggestion;
import dev.jvmm.core.vm.Spelling;
import dev.jvmm.machine.catalog.DeviceCatalog;
import dev.jvmm.machine.catalog.DeviceProperties;
import dev.jvmm.machine.catalog.ObjectCatalog;
import dev.jvmm.machine.catalog.Property.Kind;
import dev.jvmm.machine.disk.BlockNodeConfig;
import dev.jvmm.machine.disk.DiskConfig;
import dev.jvmm.machine.disk.DiskLimits;
import dev.jvmm.machine.disk.DiskSource;
import dev.jvmm.machine.disk.DriveConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which device has which disk, each disk and each node on its way used once; and that the objects
 * which devices name are there.
 *
 * <p>Thread: confined.
 */
final class StoragePlan {

  private final Map<String, ObjectConfig> objects;
  private final Map<String, Storage.Node> nodes;
  private final Map<String, DiskConfig> drives = new HashMap<>();
  private final Map<String, String> users = new HashMap<>(); // of what serves one, by its name
  private final Map<String, DiskConfig> disks = new LinkedHashMap<>();

  StoragePlan(Map<String, ObjectConfig> objects, Map<String, Storage.Node> nodes) {
    this.objects = objects;
    this.nodes = nodes;
  }

  StorageConfig config() {
    return new StorageConfig(disks, new ArrayList<>(objects.values()));
  }

  /** Adds a disk that a device may name. */
  void offer(String id, DiskConfig disk) {
    drives.put(id, disk);
  }

  /** Gives a device what it names. */
  void device(DeviceConfig device) {
    Spelling asked = new Spelling("device", DeviceCatalog.spelled(device));
    DeviceProperties properties = DeviceProperties.of(device);
    requireObject(properties.reference(Kind.IOTHREAD), "iothread", asked);
    requireObject(properties.reference(Kind.RNG), "rng", asked);
    if (properties.type().property("drive") != null) {
      String drive = properties.text("drive");
      if (drive == null) {
        throw asked.refused("drive is missing, add drive=ID");
      }
      give(drive, take(drive, asked), properties);
    }
  }

  /** Gives the device that a drive has brought along that drive. */
  void deviceOf(String id, DriveConfig drive, DeviceConfig device) {
    DeviceProperties properties = DeviceProperties.of(device);
    requireObject(properties.reference(Kind.IOTHREAD), "iothread", drive.disk().asked());
    String user = users.put(id, drive.disk().asked().toString());
    if (user != null) {
      throw drive.disk().asked().refused("its drive is taken by " + user + "; say if=none");
    }
    give(id, drive.disk(), properties);
  }

  private void give(String id, DiskConfig disk, DeviceProperties properties) {
    boolean shares =
        properties.bool("share-rw")
            && disk.source() instanceof DiskSource.Image image
            && image.config().sharing() == Sharing.LOCKED;
    disks.put(id, shares ? shared(disk) : disk);
  }

  private static DiskConfig shared(DiskConfig disk) {
    DiskSource.Image image = (DiskSource.Image) disk.source();
    return disk.withSource(new DiskSource.Image(image.config().withSharing(Sharing.SHARE_RW)));
  }

  private void requireObject(@Nullable String id, String kind, Spelling asked) {
    if (id != null) {
      object(id, kind, asked);
    }
  }

  private ObjectConfig object(String id, String kind, Spelling asked) {
    ObjectConfig object = objects.get(id);
    if (object == null) {
      throw asked.refused("no object " + id + orNearest(id, objects.keySet(), "-object"));
    }
    if (!object.type().startsWith(kind)) {
      throw asked.refused("object %s is no %s, but %s".formatted(id, kind, object.type()));
    }
    return object;
  }

  private DiskConfig take(String name, Spelling by) {
    String user = users.put(name, by.toString());
    if (user != null) {
      throw by.refused("drive " + name + " is taken by " + user + "; each serves one device");
    }
    DiskConfig drive = drives.get(name);
    if (drive != null) {
      return drive;
    }
    Storage.Node node = nodes.get(name);
    if (node == null) {
      Set<String> known = new TreeSet<>(drives.keySet());
      known.addAll(nodes.keySet());
      throw by.refused("no drive " + name + orNearest(name, known, "-drive or -blockdev"));
    }
    return disk(node);
  }

  private DiskConfig disk(Storage.Node node) {
    Spelling asked = node.asked();
    return switch (node.config()) {
      case BlockNodeConfig.Source source -> DiskConfig.of(source.source(), asked);
      case BlockNodeConfig.Raw raw -> {
        DiskConfig below = below(raw.file(), node);
        yield below.withSource(raw(raw, below.source(), asked));
      }
      case BlockNodeConfig.Throttle throttle -> limited(throttle, node);
    };
  }

  private DiskConfig below(String file, Storage.Node above) {
    if (!nodes.containsKey(file)) {
      Set<String> others = new TreeSet<>(nodes.keySet());
      others.remove(above.config().name());
      throw above.asked().refused("no node " + file + orNearest(file, others, "-blockdev"));
    }
    return take(file, above.asked());
  }

  private DiskConfig limited(BlockNodeConfig.Throttle throttle, Storage.Node node) {
    Spelling asked = node.asked();
    ObjectConfig group = object(throttle.group(), "throttle-group", asked);
    ThrottleConfig limits = ObjectCatalog.limits(group);
    DiskConfig below = below(throttle.file(), node);
    if (limits == null) {
      return below;
    }
    if (below.limits() != null) {
      throw asked.refused("node " + throttle.file() + " has limits already");
    }
    return below.withLimits(new DiskLimits(limits, throttle.group()));
  }

  private static DiskSource raw(BlockNodeConfig.Raw raw, DiskSource below, Spelling asked) {
    if (!(below instanceof DiskSource.Image image)) {
      return below;
    }
    RawImageConfig file = image.config();
    if (file.readOnly() && !raw.readOnly()) {
      throw asked.refused(
          "node " + raw.file() + " is read-only; say read-only=on for " + raw.name() + ", too");
    }
    DetectZeroes zeroes =
        raw.detectZeroes() == DetectZeroes.OFF ? file.detectZeroes() : raw.detectZeroes();
    return new DiskSource.Image(
        new RawImageConfig(
            file.file(),
            raw.readOnly(),
            file.cache(),
            file.aio(),
            file.discard() && raw.discard(),
            zeroes,
            file.sharing(),
            false));
  }

  private static String orNearest(String asked, Set<String> known, String option) {
    return known.isEmpty() ? "; add " + option : Suggestion.ending(asked, known);
  }
}
