package dev.jvmm.machine;

import dev.jvmm.machine.disk.DiskConfig;
import java.util.List;
import java.util.Map;

/**
 * What devices refer to besides character devices.
 *
 * @param disks what is behind the property {@code drive} of the devices, by its value; each is used
 *     once
 * @param objects what {@code -object} asked for, in order
 */
public record StorageConfig(Map<String, DiskConfig> disks, List<ObjectConfig> objects) {

  /** No disks and no objects. */
  public static final StorageConfig NONE = new StorageConfig(Map.of(), List.of());

  /** Copies the collections, so that nothing changes afterwards. */
  public StorageConfig {
    disks = Map.copyOf(disks);
    objects = List.copyOf(objects);
  }
}
