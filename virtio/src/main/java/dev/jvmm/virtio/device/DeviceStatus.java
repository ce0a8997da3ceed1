package dev.jvmm.virtio.device;

/** The bits of the device status field (virtio 1.2, 2.1). */
public final class DeviceStatus {

  public static final int ACKNOWLEDGE = 1;
  public static final int DRIVER = 2;
  public static final int DRIVER_OK = 4;
  public static final int FEATURES_OK = 8;
  public static final int NEEDS_RESET = 64;
  public static final int FAILED = 128;

  /** Those that a driver sets. */
  static final int OF_DRIVER = ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK | FAILED;

  private DeviceStatus() {}
}
