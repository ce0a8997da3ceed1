package dev.jvmm.block;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.linux.DiskFile;
import dev.jvmm.linux.Errno;
import dev.jvmm.linux.Fd;
import dev.jvmm.linux.IoUring;
import dev.jvmm.linux.LinuxException;
import dev.jvmm.linux.Mapping;
import dev.jvmm.linux.OpenFlags;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * From a path to a disk, or to the one sentence that says why not.
 *
 * <p>Thread: confined.
 */
final class ImageOpener {

  private static final int PAGE_BYTES = 4096;

  private final RawImageConfig config;
  private final BlockHost host;

  ImageOpener(RawImageConfig config, BlockHost host) {
    this.config = config;
    this.host = host;
  }

  RawImage open(EventLoop loop) {
    DiskFile file = openFile();
    try {
      // Open without waiting, which a pipe's other end could make long; a ring would take the flag
      // as a wish for EAGAIN.
      file.fd().setBlocking();
      refuseWhatIsNoDisk(file);
      ImageLock.take(file, config);
      RawImage.Shape shape = shape(file);
      judgeFormat(file);
      RawImage.RingOn ring = ring(file);
      return new RawImage(config, shape, new HostImageFile(file), ring, host, loop);
    } catch (ConfigException e) {
      file.close();
      throw e;
    } catch (LinuxException e) {
      file.close();
      throw new ConfigException(
          "drive", sentence("%s: %s".formatted(e.operation(), Errno.text(e.errno()))), e);
    }
  }

  private DiskFile openFile() {
    int flags = config.readOnly() ? OpenFlags.RDONLY : OpenFlags.RDWR;
    flags |= OpenFlags.NONBLOCK | OpenFlags.NOCTTY;
    if (config.cache().direct()) {
      flags |= OpenFlags.DIRECT;
    }
    try {
      return new DiskFile(Fd.open(config.file(), flags, 0));
    } catch (LinuxException e) {
      throw new ConfigException("drive", sentence(openFailure(e)), e);
    }
  }

  private String openFailure(LinuxException e) {
    return switch (e.errno()) {
      case Errno.ENOENT, Errno.ENOTDIR ->
          "no such file; make an empty disk by truncate -s 10G FILE, or correct the name";
      case Errno.EISDIR -> "is a directory; name an image file or a block device";
      case Errno.EACCES, Errno.EPERM ->
          config.readOnly()
              ? "this user may not read it; change its permissions"
              : "this user may not read and write it; change its permissions, or say readonly=on";
      case Errno.EROFS -> "lies on a read-only file system; say readonly=on";
      case Errno.EINVAL ->
          config.cache().direct()
              ? "its file system has no O_DIRECT; say cache=writeback"
              : "can't be opened (open: EINVAL)";
      case Errno.ENXIO, Errno.ENODEV -> "there is no device behind it; name another";
      case Errno.ETXTBSY, Errno.EBUSY -> "is in use by the host; unmount it or stop what uses it";
      default -> "can't be opened (open: %s: %s)".formatted(e.errnoName(), Errno.text(e.errno()));
    };
  }

  private void refuseWhatIsNoDisk(DiskFile file) {
    switch (file.kind()) {
      case DIRECTORY -> throw refusal("is a directory; name an image file or a block device");
      case OTHER -> throw refusal("is no regular file and no block device; name one");
      case REGULAR, BLOCK_DEVICE -> {}
    }
  }

  private RawImage.Shape shape(DiskFile file) {
    long size = file.sizeBytes();
    if (size == 0) {
      throw refusal("is empty; give it a size by truncate -s 10G FILE");
    }
    if (size % BlockLimits.SECTOR_BYTES != 0) {
      throw refusal(
          "its size of %d bytes is no multiple of 512; make it %d by truncate -s %%512 FILE"
              .formatted(size, (size / BlockLimits.SECTOR_BYTES + 1) * BlockLimits.SECTOR_BYTES));
    }
    Alignment alignment = config.cache().direct() ? Alignment.probe(file) : Alignment.NONE;
    if (alignment == null) {
      throw refusal("can't be read by O_DIRECT; say cache=writeback");
    }
    if (alignment.down(size) != size) {
      throw refusal(
          "its size of %d bytes is no multiple of the %d that O_DIRECT needs there; say cache=writeback"
              .formatted(size, alignment.placeBytes()));
    }
    return new RawImage.Shape(size, limits(file), alignment);
  }

  private BlockLimits limits(DiskFile file) {
    int logical = BlockLimits.SECTOR_BYTES;
    int physical = BlockLimits.SECTOR_BYTES;
    if (file.kind() == DiskFile.Kind.BLOCK_DEVICE) {
      logical = file.logicalBlockBytes();
      physical = Math.max(logical, file.physicalBlockBytes());
    }
    int discard = config.discard() && !config.readOnly() ? logical : 0;
    return new BlockLimits(logical, physical, discard);
  }

  /** Says what a header of another format means, and that a guess is one. */
  private void judgeFormat(DiskFile file) {
    String format = format(file);
    if (config.probed() && format != null) {
      throw refusal(
          "is a %s image, which jvmm can't read; convert it by qemu-img convert -O raw"
              .formatted(format));
    }
    if (format != null) {
      host.warn(
          "drive "
              + sentence(
                  "begins like a %s image, but is used as raw: the guest sees the container, not the disk inside"
                      .formatted(format)));
    }
    if (config.probed()) {
      host.warn(
          "drive "
              + sentence(
                  "no format is given and raw is a guess, so the guest can't write headers of other formats to its first sector; say format=raw"));
    }
  }

  private static @Nullable String format(DiskFile file) {
    try (Mapping memory = Mapping.anonymous(PAGE_BYTES);
        Arena arena = Arena.ofConfined()) {
      MemorySegment iovec = arena.allocate(DiskFile.IOVEC_BYTES, Long.BYTES);
      iovec.set(JAVA_LONG, 0, memory.address());
      iovec.set(JAVA_LONG, Long.BYTES, PAGE_BYTES);
      LinuxException.check(file.tryPreadv(iovec.address(), 1, 0), "preadv", file.fd().name());
      return ImageFormat.detect(memory.segment());
    }
  }

  private RawImage.@Nullable RingOn ring(DiskFile file) {
    if (config.aio() == AioMode.THREADS) {
      return null;
    }
    try {
      return new RawImage.RingOn(IoUring.create(RingEngine.ENTRIES), file.fd());
    } catch (LinuxException e) {
      if (config.aio() == AioMode.IO_URING) {
        host.warnOfMissingRing(
            "the host does not allow it (%s: %s)".formatted(e.operation(), e.errnoName()));
      }
      return null;
    }
  }

  private ConfigException refusal(String what) {
    return new ConfigException("drive", sentence(what));
  }

  private String sentence(String what) {
    return "file=" + config.file() + ": " + what.replace("FILE", config.file());
  }
}
