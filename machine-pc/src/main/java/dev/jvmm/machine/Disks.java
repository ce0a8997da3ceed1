package dev.jvmm.machine;

import dev.jvmm.block.BlockBackend;
import dev.jvmm.block.BlockHost;
import dev.jvmm.block.NullBackend;
import dev.jvmm.block.RawImage;
import dev.jvmm.block.ThrottleConfig;
import dev.jvmm.block.ThrottleConfig.Limit;
import dev.jvmm.block.ThrottleGroup;
import dev.jvmm.block.ThrottledBackend;
import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.event.MonotonicClock;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.machine.catalog.DeviceProperties;
import dev.jvmm.machine.disk.DiskConfig;
import dev.jvmm.machine.disk.DiskLimits;
import dev.jvmm.machine.disk.DiskSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The disks of a machine, opened: each once, on the event loop of its device.
 *
 * <p>Thread: used by one thread, before the machine runs and once its devices are drained.
 */
final class Disks implements AutoCloseable {

  private final Map<String, DiskConfig> configs;
  private final Map<String, BlockBackend> backends = new HashMap<>();
  private final List<String> warnings = new ArrayList<>();
  private final Map<String, ThrottleGroup> groups = new HashMap<>();
  private final Undo open = new Undo();
  private final BlockHost host = new BlockHost(warnings::add);

  /**
   * Opens what the devices of a machine name.
   *
   * @throws ConfigException if one can't be had as the user wants it; none is left open then
   */
  Disks(MachineConfig config, IoThreads loops) {
    configs = config.storage().disks();
    open.add(host::close);
    boolean done = false;
    try {
      for (DeviceConfig device : config.devices()) {
        DeviceProperties properties = DeviceProperties.of(device);
        if (properties.type().property("drive") != null) {
          String id = id(properties);
          BlockBackend backend = open(config(id), loops.of(properties));
          open.add(backend::close);
          backends.put(id, backend);
        }
      }
      done = true;
    } finally {
      if (!done) {
        close();
      }
    }
  }

  private static String id(DeviceProperties properties) {
    String id = properties.text("drive");
    if (id == null) {
      throw new IllegalStateException(properties.spelled() + " without a drive");
    }
    return id;
  }

  private DiskConfig config(String id) {
    DiskConfig config = configs.get(id);
    if (config == null) {
      throw new IllegalStateException("no drive " + id);
    }
    return config;
  }

  /** What the disk of a device is. */
  DiskConfig config(DeviceProperties properties) {
    return config(id(properties));
  }

  /** The disk of a device. */
  BlockBackend backend(DeviceProperties properties) {
    BlockBackend backend = backends.get(id(properties));
    if (backend == null) {
      throw new IllegalStateException("no disk for " + properties.spelled());
    }
    return backend;
  }

  private BlockBackend open(DiskConfig disk, EventLoop loop) {
    BlockBackend backend =
        switch (disk.source()) {
          case DiskSource.Image image -> openImage(disk, image, loop);
          case DiskSource.Null nothing ->
              new NullBackend(nothing.sizeBytes(), nothing.readsZeroes(), loop);
        };
    return disk.limits() == null ? backend : throttled(backend, disk.limits(), loop);
  }

  private BlockBackend throttled(BlockBackend backend, DiskLimits limits, EventLoop loop) {
    MonotonicClock clock = new MonotonicClock(loop);
    ThrottleGroup group =
        limits.group().isEmpty()
            ? new ThrottleGroup(limits.config(), clock.nanos())
            : groups.computeIfAbsent(limits.group(), id -> group(id, clock.nanos()));
    return new ThrottledBackend(backend, group, clock, loop);
  }

  /** The last of a group's disks says its limits, as with QEMU. */
  private ThrottleGroup group(String id, long nowNanos) {
    ThrottleConfig last = ThrottleConfig.ofTotals(Limit.NONE, Limit.NONE);
    for (DiskConfig disk : configs.values()) {
      DiskLimits limits = disk.limits();
      if (limits != null && limits.group().equals(id)) {
        last = limits.config();
      }
    }
    return new ThrottleGroup(last, nowNanos);
  }

  /** Whatever is said of the image, is said of what the user wrote. */
  private BlockBackend openImage(DiskConfig disk, DiskSource.Image image, EventLoop loop) {
    String told = "drive file=" + image.config().file() + ": ";
    int before = warnings.size();
    try {
      BlockBackend backend = RawImage.open(image.config(), host, loop);
      warnings
          .subList(before, warnings.size())
          .replaceAll(
              warning ->
                  warning.startsWith(told)
                      ? disk.asked() + ": " + warning.substring(told.length())
                      : "-" + warning);
      return backend;
    } catch (ConfigException e) {
      String message = String.valueOf(e.getMessage());
      throw message.startsWith(told)
          ? disk.asked().refused(message.substring(told.length()), e)
          : e;
    }
  }

  /** What the user should know, though the disks are open: a sentence each. */
  List<String> warnings() {
    return List.copyOf(warnings);
  }

  /** Brings what is not yet on stable storage there, and closes them. */
  @Override
  public void close() {
    open.close();
  }
}
