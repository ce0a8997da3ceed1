package dev.jvmm.machine.catalog;

import dev.jvmm.block.AioMode;
import dev.jvmm.block.CacheMode;
import dev.jvmm.block.DetectZeroes;
import dev.jvmm.block.RawImageConfig.Sharing;
import dev.jvmm.core.vm.ConfigException;
import java.util.List;
import java.util.Locale;

/**
 * What {@code -drive} and {@code -blockdev} say alike of an image.
 *
 * <p>Thread: stateless.
 */
final class ImageText {

  private static final List<String> CACHES =
      List.of("none", "writeback", "writethrough", "directsync", "unsafe");
  private static final List<String> AIOS = List.of("threads", "io_uring", "native");
  private static final List<String> ZEROES = List.of("off", "on", "unmap");
  private static final List<String> DISCARDS = List.of("ignore", "off", "unmap", "on");
  private static final List<String> LOCKINGS = List.of("auto", "on", "off");

  private ImageText() {}

  /** {@code cache=}, and what {@code cache.direct} and {@code cache.no-flush} make of it. */
  static CacheMode cache(OptionText parts) {
    CacheMode mode =
        switch (parts.word("cache", "writeback", CACHES)) {
          case "none" -> CacheMode.NONE;
          case "writethrough" -> CacheMode.WRITETHROUGH;
          case "directsync" -> CacheMode.DIRECTSYNC;
          case "unsafe" -> CacheMode.UNSAFE;
          default -> CacheMode.WRITEBACK;
        };
    boolean direct = parts.bool("cache.direct", mode.direct());
    boolean ignoresFlush = parts.bool("cache.no-flush", mode.ignoresFlush());
    boolean writeCache = parts.bool("cache.writeback", mode.writeCache());
    if (ignoresFlush) {
      if (direct) {
        throw parts.error("cache.no-flush=on goes without cache.direct=on only");
      }
      return CacheMode.UNSAFE;
    }
    if (direct) {
      return writeCache ? CacheMode.NONE : CacheMode.DIRECTSYNC;
    }
    return writeCache ? CacheMode.WRITEBACK : CacheMode.WRITETHROUGH;
  }

  static AioMode aio(OptionText parts) {
    return AioMode.valueOf(parts.word("aio", "threads", AIOS).toUpperCase(Locale.ROOT));
  }

  static DetectZeroes detectZeroes(OptionText parts) {
    String word = parts.word("detect-zeroes", "off", ZEROES);
    if (word.equals("unmap") && !discard(parts)) {
      throw parts.error("detect-zeroes=unmap needs discard=unmap");
    }
    return DetectZeroes.valueOf(word.toUpperCase(Locale.ROOT));
  }

  /** Whether discards are carried out. */
  static boolean discard(OptionText parts) {
    return switch (parts.word("discard", "ignore", DISCARDS)) {
      case "unmap", "on" -> true;
      default -> false;
    };
  }

  /** Whether the image is locked; whether a device shares it, is the device's to say. */
  static Sharing locking(OptionText parts, String key) {
    return parts.word(key, "auto", LOCKINGS).equals("off") ? Sharing.UNLOCKED : Sharing.LOCKED;
  }

  /** Refuses what can't be had; that it is off may be said. */
  static void refuseOn(OptionText parts, String key, String instead) {
    if (parts.bool(key, false)) {
      throw parts.error(key + "=on can't be had; " + instead);
    }
  }

  /** What a check behind the text has to say, in the words of the text. */
  static ConfigException said(OptionText parts, ConfigException refusal) {
    String message = String.valueOf(refusal.getMessage());
    ConfigException said = parts.error(message.substring(refusal.property().length() + 1));
    said.initCause(refusal);
    return said;
  }
}
