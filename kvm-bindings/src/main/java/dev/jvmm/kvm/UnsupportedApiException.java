package dev.jvmm.kvm;

import java.io.Serial;

/**
 * The host's KVM speaks another version of the API than the one that has been stable since 2007.
 */
public final class UnsupportedApiException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1;

  private final int version;

  /**
   * Says what was found.
   *
   * @param path of the device
   * @param version what it answered
   */
  public UnsupportedApiException(String path, int version) {
    super(path + " has API version " + version + ", jvmm needs " + Kvm.API_VERSION);
    this.version = version;
  }

  /** What KVM_GET_API_VERSION answered. */
  public int version() {
    return version;
  }
}
