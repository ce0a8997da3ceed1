package dev.jvmm.machine.catalog;

import dev.jvmm.block.ThrottleConfig;
import dev.jvmm.block.ThrottleConfig.Limit;
import dev.jvmm.core.vm.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The speed limits of a disk: {@code bps=} and its like of {@code -drive}, or the same with longer
 * names.
 *
 * <p>Thread: stateless.
 */
final class ThrottleText {

  /** The short names, and the long ones, which a prefix stands before. */
  private static final Map<String, String> LIMITS =
      Map.of(
          "bps", "bps-total",
          "bps_rd", "bps-read",
          "bps_wr", "bps-write",
          "iops", "iops-total",
          "iops_rd", "iops-read",
          "iops_wr", "iops-write");

  private static final long LARGEST_REQUEST = 1L << 40;

  private final OptionText parts;
  private final String prefix;

  private ThrottleText(OptionText parts, String prefix) {
    this.parts = parts;
    this.prefix = prefix;
  }

  /** Every name there is with this prefix; with the short ones if it is {@code -drive}'s. */
  static List<String> keys(String prefix, boolean shortToo) {
    List<String> keys = new ArrayList<>();
    LIMITS.forEach(
        (brief, full) -> {
          for (String ending : List.of("", "_max", "_max_length")) {
            if (shortToo) {
              keys.add(brief + ending);
            }
            keys.add(prefix + full + ending.replace('_', '-'));
          }
        });
    if (shortToo) {
      keys.add("iops_size");
    }
    keys.add(prefix + "iops-size");
    keys.sort(null);
    return keys;
  }

  /** The limits that are said, or null. */
  static @Nullable ThrottleConfig parse(OptionText parts, String prefix) {
    ThrottleText text = new ThrottleText(parts, prefix);
    try {
      ThrottleConfig limits =
          new ThrottleConfig(
              text.limit("bps"),
              text.limit("bps_rd"),
              text.limit("bps_wr"),
              text.limit("iops"),
              text.limit("iops_rd"),
              text.limit("iops_wr"),
              text.number("iops_size", prefix + "iops-size", 0, LARGEST_REQUEST));
      return text.saysAnything() ? limits : null;
    } catch (ConfigException e) {
      boolean ofTheLimits = String.valueOf(e.getMessage()).startsWith("drive throttling:");
      throw ofTheLimits ? ImageText.said(parts, e) : e;
    }
  }

  private boolean saysAnything() {
    return LIMITS.entrySet().stream()
        .anyMatch(limit -> parts.has(limit.getKey()) || parts.has(prefix + limit.getValue()));
  }

  private Limit limit(String brief) {
    String full = prefix + LIMITS.get(brief);
    return new Limit(
        number(brief, full, 0, Limit.LARGEST),
        number(brief + "_max", full + "-max", 0, Limit.LARGEST),
        number(brief + "_max_length", full + "-max-length", 1, Limit.LARGEST));
  }

  private long number(String brief, String full, long fallback, long largest) {
    return parts.size(brief, parts.size(full, fallback, largest), largest);
  }
}
