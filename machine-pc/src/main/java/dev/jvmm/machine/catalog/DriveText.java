package dev.jvmm.machine.catalog;

import dev.jvmm.block.BlockLimits;
import dev.jvmm.block.ErrorPolicy;
import dev.jvmm.block.RawImageConfig;
import dev.jvmm.block.ThrottleConfig;
import dev.jvmm.core.vm.Spelling;
import dev.jvmm.machine.disk.DiskConfig;
import dev.jvmm.machine.disk.DiskLimits;
import dev.jvmm.machine.disk.DiskSource;
import dev.jvmm.machine.disk.DriveConfig;
import dev.jvmm.machine.disk.DriveConfig.Attachment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Disks as {@code -drive} spells them, and {@code -hda} and its like.
 *
 * <p>Thread: stateless.
 */
public final class DriveText {

  private static final List<String> KEYS = keys();
  private static final List<String> OTHER_BUSES =
      List.of("ide", "scsi", "floppy", "pflash", "mtd", "sd", "xen");
  private static final List<String> READ_ERRORS = List.of("report", "ignore", "stop", "auto");
  private static final List<String> WRITE_ERRORS =
      List.of("report", "ignore", "stop", "enospc", "auto");

  /** What a name of {@link DiskSource.Null} begins with where it stands for a file. */
  private static final String NULL_FILE = "null-co://";

  private static final String NULL_DRIVER = "null-co";
  private static final int LARGEST_INDEX = 1023;
  private static final int SERIAL_CHARACTERS = 20; // virtio 1.2, 5.2.6: a string of 20 bytes

  private DriveText() {}

  private static List<String> keys() {
    List<String> keys =
        new ArrayList<>(
            List.of("file", "if", "format", "readonly", "cache", "aio", "discard", "serial", "id"));
    keys.addAll(List.of("index", "media", "rerror", "werror", "detect-zeroes", "snapshot"));
    keys.addAll(List.of("driver", "file.driver", "file.filename", "file.locking", "file.aio"));
    keys.addAll(List.of("cache.direct", "cache.no-flush", "cache.writeback", "locking"));
    keys.addAll(List.of("read-only", "auto-read-only", "node-name", "copy-on-read"));
    keys.addAll(List.of("size", "read-zeroes", "group", "throttling.group", "bus", "unit"));
    keys.addAll(ThrottleText.keys("throttling.", true));
    return List.copyOf(keys);
  }

  /** Reads {@code -drive file=FILE,property=value}. */
  public static DriveConfig parse(String text) {
    return parse(OptionText.parse("drive", text, null), new Spelling("drive", text));
  }

  /**
   * The disk of {@code -hda} to {@code -hdd}.
   *
   * @param option without its dash
   * @param index 0 for {@code hda}
   */
  public static DriveConfig parseShort(String option, int index, String file) {
    RawImageConfig image = RawImageConfig.of(GuestText.path(option, file).toString()).asProbed();
    DiskSource source = new DiskSource.Image(image);
    DiskConfig disk = DiskConfig.of(source, new Spelling(option, file));
    return new DriveConfig(null, Attachment.VIRTIO, index, disk);
  }

  private static DriveConfig parse(OptionText parts, Spelling asked) {
    parts.only(KEYS);
    ImageText.refuseOn(parts, "snapshot", "copy the image, or start from the copy");
    ImageText.refuseOn(parts, "copy-on-read", "a raw image has nothing below it");
    refuseOtherHardware(parts);
    parts.bool("auto-read-only", false); // an image is opened for what its device may do
    DiskConfig disk =
        new DiskConfig(source(parts), limits(parts), errors(parts), serial(parts), asked);
    return new DriveConfig(parts.text("id"), attachment(parts), index(parts), disk);
  }

  /** A group without limits is none, as QEMU has it. */
  private static @Nullable DiskLimits limits(OptionText parts) {
    ThrottleConfig limits = ThrottleText.parse(parts, "throttling.");
    String group = parts.text("throttling.group", parts.text("group", ""));
    return limits == null ? null : new DiskLimits(limits, group);
  }

  private static DiskSource source(OptionText parts) {
    String format = parts.text("format");
    String driver = parts.text("driver", format == null ? "" : format);
    String file = parts.text("file", parts.text("file.filename", ""));
    if (driver.equals(NULL_DRIVER)
        || file.startsWith(NULL_FILE)
        || parts.text("file.driver", "").equals(NULL_DRIVER)) {
      return nothing(parts);
    }
    if (parts.has("size") || parts.has("read-zeroes")) {
      throw parts.error("size and read-zeroes are of driver=null-co alone");
    }
    if (!driver.isEmpty() && !driver.equals("raw")) {
      throw parts.error("format is raw, not " + driver + "; convert the image by qemu-img convert");
    }
    parts.word("file.driver", "file", List.of("file", "host_device"));
    if (file.isEmpty()) {
      throw parts.error("file is missing, add file=...");
    }
    RawImageConfig image =
        new RawImageConfig(
            GuestText.path("drive", file).toString(),
            parts.bool("readonly", parts.bool("read-only", false)),
            ImageText.cache(parts),
            parts.has("file.aio") ? ImageText.aio(parts.under("file")) : ImageText.aio(parts),
            ImageText.discard(parts),
            ImageText.detectZeroes(parts),
            ImageText.locking(parts, parts.has("file.locking") ? "file.locking" : "locking"),
            driver.isEmpty());
    return new DiskSource.Image(image);
  }

  static DiskSource.Null nothing(OptionText parts) {
    DiskSource.Null usual = DiskSource.Null.DEFAULT;
    long size = parts.size("size", usual.sizeBytes(), Long.MAX_VALUE);
    if (size % BlockLimits.SECTOR_BYTES != 0) {
      throw parts.error("size is a multiple of 512, not " + size);
    }
    return new DiskSource.Null(size, parts.bool("read-zeroes", usual.readsZeroes()));
  }

  private static ErrorPolicy errors(OptionText parts) {
    return ErrorPolicy.of(
        parts.word("rerror", "auto", READ_ERRORS), parts.word("werror", "auto", WRITE_ERRORS));
  }

  private static String serial(OptionText parts) {
    String serial = parts.text("serial", "");
    if (serial.length() > SERIAL_CHARACTERS) {
      throw parts.error("serial has at most " + SERIAL_CHARACTERS + " characters");
    }
    return serial;
  }

  private static Attachment attachment(OptionText parts) {
    String word = parts.text("if", "virtio");
    if (OTHER_BUSES.contains(word)) {
      throw parts.error("there is no " + word + " here; say if=virtio, or if=none with -device");
    }
    return parts.word("if", "virtio", List.of("virtio", "none")).equals("none")
        ? Attachment.NONE
        : Attachment.VIRTIO;
  }

  private static @Nullable Integer index(OptionText parts) {
    int index = parts.number("index", -1, 0, LARGEST_INDEX);
    return index < 0 ? null : index;
  }

  private static void refuseOtherHardware(OptionText parts) {
    if (parts.text("media", "disk").equals("cdrom")) {
      throw parts.error("there is no CD drive; say media=disk,readonly=on");
    }
    parts.word("media", "disk", List.of("disk", "cdrom"));
    if (parts.has("bus") || parts.has("unit")) {
      throw parts.error("bus and unit are of controllers that are not here; say index=N");
    }
  }
}
