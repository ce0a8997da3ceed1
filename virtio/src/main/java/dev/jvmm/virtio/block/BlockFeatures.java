package dev.jvmm.virtio.block;

/** The feature bits of a block device that we know (virtio 1.2, 5.2.3). */
final class BlockFeatures {

  static final long SEG_MAX = 1L << 2;
  static final long GEOMETRY = 1L << 4;
  static final long RO = 1L << 5;
  static final long BLK_SIZE = 1L << 6;
  static final long FLUSH = 1L << 9;
  static final long TOPOLOGY = 1L << 10;
  static final long CONFIG_WCE = 1L << 11;
  static final long MQ = 1L << 12;
  static final long DISCARD = 1L << 13;
  static final long WRITE_ZEROES = 1L << 14;

  private BlockFeatures() {}
}
