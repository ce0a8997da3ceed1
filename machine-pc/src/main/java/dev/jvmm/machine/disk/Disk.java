package dev.jvmm.machine.disk;

import dev.jvmm.block.AioMode;
import dev.jvmm.block.CacheMode;
import dev.jvmm.block.DetectZeroes;
import dev.jvmm.block.ErrorPolicy;
import dev.jvmm.block.RawImageConfig;
import dev.jvmm.block.RawImageConfig.Sharing;
import dev.jvmm.block.ThrottleConfig;
import dev.jvmm.core.vm.Spelling;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * A disk as a program says it: {@code Disk.raw("disk.img").readOnly()}.
 *
 * <p>Thread: immutable; each method answers another one.
 *
 * @param drive what the command line's {@code -drive} would have become
 */
public record Disk(DriveConfig drive) {

  /** The contents of a file or block device, byte for byte ({@code format=raw}). */
  public static Disk raw(String file) {
    return new Disk(DriveConfig.of(RawImageConfig.of(file)));
  }

  /** The contents of a file or block device, byte for byte ({@code format=raw}). */
  public static Disk raw(Path file) {
    return raw(file.toString());
  }

  /**
   * Nothing: writes are forgotten, reads give zeros ({@code null-co}).
   *
   * @param sizeBytes a multiple of 512
   */
  public static Disk nothing(long sizeBytes) {
    Spelling asked = new Spelling("drive", "driver=null-co,size=" + sizeBytes);
    DiskConfig disk = DiskConfig.of(new DiskSource.Null(sizeBytes, true), asked);
    return new Disk(new DriveConfig(null, DriveConfig.Attachment.VIRTIO, null, disk));
  }

  /** {@code readonly=on}. */
  public Disk readOnly() {
    return image(RawImageConfig::forReading);
  }

  /** {@code cache=}. */
  public Disk cache(CacheMode mode) {
    return image(image -> image.withCache(mode));
  }

  /** {@code aio=}. */
  public Disk aio(AioMode engine) {
    return image(image -> image.withAio(engine));
  }

  /** {@code discard=unmap}: what the guest discards is given back to the host. */
  public Disk unmapping() {
    return unmapping(DetectZeroes.OFF);
  }

  /** {@code discard=unmap,detect-zeroes=}. */
  public Disk unmapping(DetectZeroes zeroes) {
    return image(image -> image.unmapping(zeroes));
  }

  /** {@code share-rw=on} and {@code locking=off}. */
  public Disk sharing(Sharing sharing) {
    return image(image -> image.withSharing(sharing));
  }

  /** The format is guessed, and the guest can't make it another. */
  public Disk probed() {
    return image(RawImageConfig::asProbed);
  }

  /** {@code throttling.*}. */
  public Disk limits(ThrottleConfig limits) {
    return with(drive.disk().withLimits(limits));
  }

  /** {@code rerror=,werror=}. */
  public Disk errors(ErrorPolicy errors) {
    DiskConfig disk = drive.disk();
    return with(new DiskConfig(disk.source(), disk.limits(), errors, disk.serial(), disk.asked()));
  }

  /** {@code serial=}. */
  public Disk serial(String serial) {
    DiskConfig disk = drive.disk();
    return with(new DiskConfig(disk.source(), disk.limits(), disk.errors(), serial, disk.asked()));
  }

  /** {@code if=none,id=}: a device of the builder's names it by {@code drive=}. */
  public Disk named(String id) {
    return new Disk(drive.named(id));
  }

  private Disk with(DiskConfig disk) {
    return new Disk(new DriveConfig(drive.id(), drive.attachment(), drive.index(), disk));
  }

  /** What has no file has nothing of a file's. */
  private Disk image(UnaryOperator<RawImageConfig> change) {
    return drive.disk().source() instanceof DiskSource.Image(RawImageConfig image)
        ? with(drive.disk().withSource(new DiskSource.Image(change.apply(image))))
        : this;
  }
}
