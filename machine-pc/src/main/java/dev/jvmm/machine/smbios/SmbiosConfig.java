package dev.jvmm.machine.smbios;

import dev.jvmm.core.vm.ConfigException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/**
 * What SMBIOS says of the machine.
 *
 * <p>Thread: immutable.
 *
 * @param bios type 0
 * @param system type 1
 * @param processors type 4
 * @param ram type 19, and summed up in 16 and 17; in the order of addresses
 */
public record SmbiosConfig(
    Bios bios, SystemInfo system, Processors processors, List<RamRange> ram) {

  /** The UUID that says that there is none. */
  public static final UUID NO_UUID = new UUID(0, 0);

  /** The attack it stops: none; a user's text that would not leave room for the others. */
  private static final int MAX_TEXT_BYTES = 255;

  /** A CPU's brand string has 48; all sockets' fit into the area. */
  private static final int MAX_CPU_NAME_BYTES = 64;

  /** More than a guest has banks of memory. */
  private static final int MAX_RAM_RANGES = 64;

  /**
   * The firmware, as {@code -smbios type=0} has it.
   *
   * @param vendor may be empty, as all texts here
   * @param date as MM/DD/YYYY
   */
  public record Bios(String vendor, String version, String date, Release release) {

    /** Refuses a text that a table can't hold. */
    public Bios {
      text("type=0,vendor", vendor);
      text("type=0,version", version);
      text("type=0,date", date);
    }
  }

  /**
   * A release number of the firmware.
   *
   * @param major 0 to 255
   * @param minor 0 to 255
   */
  public record Release(int major, int minor) {

    /** Refuses what a byte can't hold. */
    public Release {
      if (major < 0 || major > 255 || minor < 0 || minor > 255) {
        throw badRelease(major + "." + minor);
      }
    }

    /**
     * Reads {@code major.minor}.
     *
     * @throws ConfigException if it is anything else
     */
    public static Release parse(String text) {
      int dot = text.indexOf('.');
      try {
        return new Release(
            Integer.parseInt(text, 0, Math.max(dot, 0), 10),
            Integer.parseInt(text, dot + 1, text.length(), 10));
      } catch (NumberFormatException e) {
        throw badRelease(text);
      }
    }

    private static ConfigException badRelease(String text) {
      return new ConfigException(
          "smbios",
          "type=0,release=%s: not a release number; give two of 0 to 255, as in 1.15"
              .formatted(text));
    }
  }

  /** The machine, as {@code -smbios type=1} and {@code -uuid} have it. */
  public record SystemInfo(
      String manufacturer,
      String product,
      String version,
      String serial,
      UUID uuid,
      String sku,
      String family) {

    /** Refuses a text that a table can't hold. */
    public SystemInfo {
      text("type=1,manufacturer", manufacturer);
      text("type=1,product", product);
      text("type=1,version", version);
      text("type=1,serial", serial);
      text("type=1,sku", sku);
      text("type=1,family", family);
    }
  }

  /**
   * The CPUs, all alike.
   *
   * @param sockets at least 1; the first 256 are described
   * @param coresPerSocket 1 to 65534
   * @param threadsPerSocket of all its cores together, 1 to 65534
   * @param version the CPU's name, at most 64 bytes
   * @param signature CPUID leaf 1: EAX in the low half, EDX in the high one
   */
  public record Processors(
      int sockets, int coresPerSocket, int threadsPerSocket, String version, long signature) {

    /** Refuses counts that the table has no form for. */
    public Processors {
      text("type=4,version", version);
      if (version.getBytes(StandardCharsets.UTF_8).length > MAX_CPU_NAME_BYTES
          || sockets < 1
          || coresPerSocket < 1
          || coresPerSocket > 0xFFFE
          || threadsPerSocket < coresPerSocket
          || threadsPerSocket > 0xFFFE) {
        throw new IllegalArgumentException(
            "%d sockets, %d cores, %d threads, %s"
                .formatted(sockets, coresPerSocket, threadsPerSocket, version));
      }
    }
  }

  /**
   * A range of guest-physical addresses that is RAM.
   *
   * @param start a multiple of 1 KiB, as is the size
   * @param sizeBytes at least 1 KiB
   */
  public record RamRange(long start, long sizeBytes) {

    /** Refuses what the tables would have to round. */
    public RamRange {
      if (start < 0 || sizeBytes < 1024 || ((start | sizeBytes) & 1023) != 0) {
        throw new IllegalArgumentException("RAM %#x+%#x".formatted(start, sizeBytes));
      }
    }
  }

  /** Refuses a machine without memory. */
  public SmbiosConfig {
    ram = List.copyOf(ram);
    if (ram.isEmpty() || ram.size() > MAX_RAM_RANGES) {
      throw new IllegalArgumentException(ram.size() + " ranges of RAM");
    }
  }

  private static void text(String field, String value) {
    String wrong = "";
    if (value.getBytes(StandardCharsets.UTF_8).length > MAX_TEXT_BYTES) {
      wrong = "longer than %d bytes; shorten it".formatted(MAX_TEXT_BYTES);
    }
    for (int i = 0; i < value.length(); i++) {
      if (Character.isISOControl(value.charAt(i))) {
        wrong = "holds a control character; leave it out";
      }
    }
    if (!wrong.isEmpty()) {
      throw new ConfigException("smbios", field + ": " + wrong);
    }
  }
}
