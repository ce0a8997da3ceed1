package dev.jvmm.virtio.device;

/** The feature bits that belong to no type of device (virtio 1.2, chapter 6). */
public final class Features {

  /** VIRTIO_F_INDIRECT_DESC. */
  public static final long INDIRECT_DESC = 1L << 28;

  /** VIRTIO_F_EVENT_IDX. */
  public static final long EVENT_IDX = 1L << 29;

  /** VIRTIO_F_VERSION_1: not a legacy device. We refuse a driver that does not take it. */
  public static final long VERSION_1 = 1L << 32;

  /** VIRTIO_F_RING_RESET: a queue can be reset by itself. */
  public static final long RING_RESET = 1L << 40;

  /** What a device offers unless its user says otherwise. */
  public static final long USUAL = INDIRECT_DESC | EVENT_IDX | VERSION_1 | RING_RESET;

  private Features() {}
}
