package dev.jvmm.virtio.device;

/** The three parts of a queue whose addresses the driver names (virtio 1.2, 2.6). */
public enum QueueArea {
  /** The descriptor area: the descriptor table. */
  DESCRIPTOR,
  /** The driver area: the available ring. */
  DRIVER,
  /** The device area: the used ring. */
  DEVICE
}
