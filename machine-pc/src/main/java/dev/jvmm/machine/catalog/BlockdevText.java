package dev.jvmm.machine.catalog;

import dev.jvmm.block.RawImageConfig;
import dev.jvmm.core.text.Suggestion;
import dev.jvmm.machine.catalog.OptionText.Entry;
import dev.jvmm.machine.disk.BlockNodeConfig;
import dev.jvmm.machine.disk.DiskSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Nodes as {@code -blockdev} spells them, with {@code key=value} or as a JSON object.
 *
 * <p>Thread: confined.
 */
public final class BlockdevText {

  private static final List<String> DRIVERS =
      List.of("file", "host_device", "raw", "null-co", "throttle");

  /** What every node takes. */
  private static final List<String> COMMON =
      List.of(
          "driver",
          "node-name",
          "read-only",
          "auto-read-only",
          "discard",
          "detect-zeroes",
          "cache.direct",
          "cache.no-flush",
          "force-share");

  /** What a node that is written inside another one has from it where it says nothing itself. */
  private static final List<String> INHERITED =
      List.of("read-only", "cache.direct", "cache.no-flush");

  /** What follows a node's name in that of one inside it that has none of its own. */
  private static final String INNER = "/file";

  /** Nobody writes more inside each other; it bounds the recursion. */
  private static final int DEEPEST = 8;

  private final List<BlockNodeConfig> nodes = new ArrayList<>();

  private BlockdevText() {}

  /**
   * Reads {@code -blockdev driver=NAME,node-name=ID,property=value}.
   *
   * @return the node, the last, and before it those that are written inside it
   */
  public static List<BlockNodeConfig> parse(String text) {
    OptionText parts = OptionText.parseObject("blockdev", text, "driver");
    BlockdevText reader = new BlockdevText();
    reader.add(parts, parts.require("node-name"), 0);
    return reader.nodes;
  }

  private void add(OptionText parts, String name, int depth) {
    String driver = parts.require("driver");
    ImageText.refuseOn(parts, "force-share", "say locking=off");
    parts.bool("auto-read-only", false); // an image is opened for what its device may do
    switch (driver) {
      case "file", "host_device" -> nodes.add(file(parts, name));
      case "null-co" -> nodes.add(nothing(parts, name));
      case "raw" -> nodes.add(raw(parts, name, depth));
      case "throttle" -> nodes.add(throttle(parts, name, depth));
      default ->
          throw parts.error(
              "no driver "
                  + driver
                  + "; there are "
                  + String.join(", ", DRIVERS)
                  + Suggestion.ending(driver, DRIVERS));
    }
  }

  private static BlockNodeConfig file(OptionText parts, String name) {
    only(parts, "filename", "aio", "locking");
    RawImageConfig image =
        new RawImageConfig(
            GuestText.path("blockdev", parts.require("filename")).toString(),
            parts.bool("read-only", false),
            ImageText.cache(parts),
            ImageText.aio(parts),
            ImageText.discard(parts),
            ImageText.detectZeroes(parts),
            ImageText.locking(parts, "locking"),
            false);
    return new BlockNodeConfig.Source(name, new DiskSource.Image(image));
  }

  private static BlockNodeConfig nothing(OptionText parts, String name) {
    only(parts, "size", "read-zeroes", "latency-ns");
    parts.number("latency-ns", 0, 0, 0);
    return new BlockNodeConfig.Source(name, DriveText.nothing(parts));
  }

  private BlockNodeConfig raw(OptionText parts, String name, int depth) {
    only(parts, "file");
    return new BlockNodeConfig.Raw(
        name,
        child(parts, name, depth),
        parts.bool("read-only", false),
        ImageText.discard(parts),
        ImageText.detectZeroes(parts));
  }

  private BlockNodeConfig throttle(OptionText parts, String name, int depth) {
    only(parts, "file", "throttle-group");
    return new BlockNodeConfig.Throttle(
        name, child(parts, name, depth), parts.require("throttle-group"));
  }

  /** The name of the node below, which is another option's or written inside this one. */
  private String child(OptionText parts, String name, int depth) {
    OptionText inner = parts.under("file");
    if (inner.entries().isEmpty()) {
      return parts.require("file");
    }
    if (parts.has("file")) {
      throw parts.error("file is the name of a node, or a node with file.driver, not both");
    }
    if (depth == DEEPEST) {
      throw parts.error("there are more than " + DEEPEST + " nodes inside each other");
    }
    List<Entry> inherited = new ArrayList<>(List.of(new Entry("discard", "unmap")));
    parts.entries().stream()
        .filter(entry -> INHERITED.contains(entry.key()))
        .forEach(inherited::add);
    String innerName = inner.text("node-name", name + INNER);
    add(inner.withDefaults(inherited), innerName, depth + 1);
    return innerName;
  }

  private static void only(OptionText parts, String... own) {
    List<String> known = new ArrayList<>(COMMON);
    known.addAll(Arrays.asList(own));
    for (Entry entry : parts.entries()) {
      boolean inner = known.contains("file") && entry.key().startsWith("file.");
      if (!inner && !known.contains(entry.key())) {
        throw parts.unknown(entry.key(), known);
      }
    }
  }
}
