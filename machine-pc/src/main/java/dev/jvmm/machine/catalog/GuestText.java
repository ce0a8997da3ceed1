package dev.jvmm.machine.catalog;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.machine.FwCfgItem;
import dev.jvmm.machine.RtcConfig;
import dev.jvmm.machine.smbios.SmbiosConfig.Bios;
import dev.jvmm.machine.smbios.SmbiosConfig.Release;
import dev.jvmm.machine.smbios.SmbiosConfig.SystemInfo;
import dev.jvmm.machine.smbios.SmbiosIdentity;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The options that say what a guest reads of its machine: clock, maker, firmware files, memory.
 *
 * <p>Thread: stateless.
 */
public final class GuestText {

  /** No x86 has wider physical addresses (Intel SDM volume 3, 4.1.4). */
  private static final long ADDRESSABLE_BYTES = 1L << 52;

  private static final long MIB = 1L << 20;
  private static final long LEAST_BYTES = 2 * MIB;
  private static final long PAGE = 4096;
  private static final int UUID_LENGTH = 36;

  private GuestText() {}

  /**
   * Reads {@code -m [size=]SIZE}, where a plain number counts MiB.
   *
   * @return bytes, rounded up to a page
   */
  public static long memory(String text) {
    OptionText parts = OptionText.parse("m", text, "size");
    if (parts.has("slots") || parts.has("maxmem")) {
      throw parts.error("memory can't be plugged in later; give its size alone");
    }
    parts.only("size");
    long bytes;
    try {
      bytes = Numbers.parseSize(parts.require("size"), MIB);
    } catch (NumberFormatException e) {
      throw new ConfigException("m", text + ": " + e.getMessage(), e);
    }
    if (bytes < LEAST_BYTES) {
      throw parts.error(Numbers.showSize(bytes) + "; a machine has at least 2 MiB");
    }
    if (bytes > ADDRESSABLE_BYTES) {
      throw parts.error(
          Numbers.showSize(bytes)
              + "; a PC addresses at most "
              + Numbers.showSize(ADDRESSABLE_BYTES));
    }
    return (bytes + PAGE - 1) & -PAGE;
  }

  /** Reads {@code -rtc base=,clock=,driftfix=}. */
  public static RtcConfig rtc(String text, RtcConfig current) {
    OptionText parts = OptionText.parse("rtc", text, null);
    parts.only("base", "clock", "driftfix");
    parts.word("driftfix", "none", List.of("none", "slew")); // KVM's own timers catch up
    String base = parts.text("base");
    String clock = parts.text("clock");
    return new RtcConfig(
        base == null ? current.base() : RtcConfig.parseBase(base),
        clock == null ? current.clock() : RtcConfig.parseClock(clock));
  }

  /** Reads {@code -smbios type=0|1,...}. */
  public static SmbiosIdentity smbios(String text, SmbiosIdentity current) {
    OptionText parts = OptionText.parse("smbios", text, null);
    return switch (parts.require("type")) {
      case "0" -> bios(parts, current);
      case "1" -> system(parts, current);
      default -> throw parts.error("type is 0 or 1");
    };
  }

  private static SmbiosIdentity bios(OptionText parts, SmbiosIdentity current) {
    parts.only("type", "vendor", "version", "date", "release");
    Bios was = current.bios();
    String release = parts.text("release");
    return new SmbiosIdentity(
        new Bios(
            parts.text("vendor", was.vendor()),
            parts.text("version", was.version()),
            parts.text("date", was.date()),
            release == null ? was.release() : Release.parse(release)),
        current.system());
  }

  private static SmbiosIdentity system(OptionText parts, SmbiosIdentity current) {
    parts.only("type", "manufacturer", "product", "version", "serial", "uuid", "sku", "family");
    SystemInfo was = current.system();
    String uuid = parts.text("uuid");
    return new SmbiosIdentity(
        current.bios(),
        new SystemInfo(
            parts.text("manufacturer", was.manufacturer()),
            parts.text("product", was.product()),
            parts.text("version", was.version()),
            parts.text("serial", was.serial()),
            uuid == null ? was.uuid() : uuid("smbios", uuid),
            parts.text("sku", was.sku()),
            parts.text("family", was.family())));
  }

  /** Reads a UUID, all of its 36 characters. */
  public static UUID uuid(String option, String text) {
    try {
      if (text.length() == UUID_LENGTH) {
        return UUID.fromString(text);
      }
    } catch (IllegalArgumentException e) {
      throw noUuid(option, text, e);
    }
    throw noUuid(option, text, null);
  }

  private static ConfigException noUuid(String option, String text, @Nullable Throwable cause) {
    String sentence =
        text + ": that is no UUID, write 123e4567-e89b-12d3-a456-426614174000 with its dashes";
    return cause == null
        ? new ConfigException(option, sentence)
        : new ConfigException(option, sentence, cause);
  }

  /** Reads {@code -fw_cfg [name=]NAME,file=PATH|string=TEXT}. */
  public static FwCfgItem fwCfg(String text) {
    OptionText parts = OptionText.parse("fw_cfg", text, "name");
    parts.only("name", "file", "string");
    String name = parts.require("name");
    String file = parts.text("file");
    String string = parts.text("string");
    if ((file == null) == (string == null)) {
      throw parts.error("give either file=PATH or string=TEXT");
    }
    return file == null
        ? new FwCfgItem.Text(name, string == null ? "" : string)
        : new FwCfgItem.HostFile(name, path("fw_cfg", file));
  }

  /** A path of the host. */
  public static Path path(String option, String text) {
    if (text.isEmpty()) {
      throw new ConfigException(option, "\"\": names no file; give one");
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new ConfigException(option, text.replace('\0', '?') + ": that is no file name", e);
    }
  }
}
