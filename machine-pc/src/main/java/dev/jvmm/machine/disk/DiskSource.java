package dev.jvmm.machine.disk;

import dev.jvmm.block.NullBackend;
import dev.jvmm.block.RawImageConfig;

/** Where the bytes of a disk are. */
public sealed interface DiskSource {

  /** Whether the guest can't change them. */
  boolean readOnly();

  /**
   * In a file or a block device of the host, one to one.
   *
   * @param config its name, and how it is opened
   */
  record Image(RawImageConfig config) implements DiskSource {

    @Override
    public boolean readOnly() {
      return config.readOnly();
    }
  }

  /**
   * Nowhere: writes are forgotten. It shows what everything around a disk costs.
   *
   * @param sizeBytes a multiple of 512
   * @param readsZeroes whether a read gives zeros; else it leaves the guest's memory as it is
   */
  record Null(long sizeBytes, boolean readsZeroes) implements DiskSource {

    /** As large as QEMU's. */
    public static final Null DEFAULT = new Null(NullBackend.DEFAULT_BYTES, false);

    @Override
    public boolean readOnly() {
      return false;
    }
  }
}
