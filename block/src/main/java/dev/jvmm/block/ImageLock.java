package dev.jvmm.block;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.linux.DiskFile;
import dev.jvmm.linux.Errno;

/**
 * Who uses an image, told to others by locks on bytes of it, in QEMU's scheme, so that QEMU, its
 * tools and jvmm keep out of each other's images.
 *
 * <p>Every user has shared locks: on byte 100 + N for a permission N that it has, and on byte 200 +
 * N for one that it does not grant to others. It then looks whether anyone else denies what it has,
 * or has what it denies. Two that start at the same moment may both be refused; never both
 * admitted. The bytes need not exist, and nothing is written.
 *
 * <p>The locks are the open file's (OFD): they end with its last descriptor, however the process
 * ends, and they work between two disks of one process.
 */
final class ImageLock {

  private static final long HAS = 100;
  private static final long DENIES = 200;

  private static final int CONSISTENT_READ = 0;
  private static final int WRITE = 1;

  private final DiskFile file;
  private final String path;

  private ImageLock(DiskFile file, String path) {
    this.file = file;
    this.path = path;
  }

  /** Takes the locks that the configuration asks for, or says who is in the way. */
  static void take(DiskFile file, RawImageConfig config) {
    if (config.sharing() == RawImageConfig.Sharing.UNLOCKED || !isPossible(file)) {
      return;
    }
    boolean deniesWriters = config.sharing() == RawImageConfig.Sharing.LOCKED;
    ImageLock lock = new ImageLock(file, config.file());
    lock.hold(HAS + CONSISTENT_READ);
    if (!config.readOnly()) {
      lock.hold(HAS + WRITE);
    }
    if (deniesWriters) {
      lock.hold(DENIES + WRITE);
    }
    lock.refuseIfHeld(DENIES + CONSISTENT_READ);
    if (!config.readOnly()) {
      lock.refuseIfHeld(DENIES + WRITE);
    }
    if (deniesWriters) {
      lock.refuseIfHeld(HAS + WRITE);
    }
  }

  /** Some network file systems have no locks: there, as QEMU does, without. */
  private static boolean isPossible(DiskFile file) {
    return file.tryLockedByOther(HAS) >= 0;
  }

  private void hold(long at) {
    int result = file.tryLockShared(at);
    if (result == -Errno.EAGAIN || result == -Errno.EACCES) {
      throw inUse();
    }
    if (result < 0) {
      throw new ConfigException(
          "drive",
          "file=%s: can't be locked (F_OFD_SETLK: %s); locking=off goes without"
              .formatted(path, Errno.name(-result)));
    }
  }

  private void refuseIfHeld(long at) {
    if (file.tryLockedByOther(at) != 0) {
      throw inUse();
    }
  }

  private ConfigException inUse() {
    return new ConfigException(
        "drive",
        "file=%s: another virtual machine or tool is using it; end that one, or say share-rw=on for a disk that both can share"
            .formatted(path));
  }
}
