package dev.jvmm.machine.disk;

import dev.jvmm.block.RawImageConfig;
import dev.jvmm.core.vm.Spelling;
import org.jspecify.annotations.Nullable;

/**
 * A disk of {@code -drive}: on a device that it brings along, or for one that names it.
 *
 * @param id what a device calls it; null: the machine makes one
 * @param attachment who makes the device
 * @param index its place among the drives that bring their devices along; null: the next free one
 * @param disk the disk itself
 */
public record DriveConfig(
    @Nullable String id, Attachment attachment, @Nullable Integer index, DiskConfig disk) {

  /** {@code if=}. */
  public enum Attachment {
    /** A virtio-blk device comes with it. */
    VIRTIO,
    /** A device that the user asks for names it. */
    NONE
  }

  /** A drive on a device of its own, in the order in which such drives are said. */
  public static DriveConfig of(RawImageConfig image) {
    DiskSource source = new DiskSource.Image(image);
    Spelling asked = new Spelling("drive", "file=" + image.file());
    return new DriveConfig(null, Attachment.VIRTIO, null, DiskConfig.of(source, asked));
  }

  /** The same for a device that names it. */
  public DriveConfig named(String newId) {
    return new DriveConfig(newId, Attachment.NONE, index, disk);
  }
}
