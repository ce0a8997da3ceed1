package dev.jvmm.virtio.device;

/**
 * The features that are offered, and those that the driver takes (virtio 1.2, 2.2).
 *
 * <p>Thread: what is offered never changes; the rest is guarded by the monitor of its {@link
 * VirtioDevice}.
 */
final class Negotiation {

  private final long offered;
  private long accepted;

  Negotiation(long offered) {
    this.offered = offered;
  }

  long offered() {
    return offered;
  }

  long accepted() {
    return accepted;
  }

  boolean has(long feature) {
    return (accepted & feature) != 0;
  }

  /** Takes word 0 or 1 of the driver's choice. */
  void accept(int select, int word) {
    int shift = 32 * select;
    accepted = (accepted & ~(0xFFFF_FFFFL << shift)) | (Integer.toUnsignedLong(word) << shift);
  }

  /** Whether FEATURES_OK can be: nothing that is not offered, and not without VERSION_1. */
  boolean canBe() {
    return (accepted & ~offered) == 0 && has(Features.VERSION_1);
  }

  void clear() {
    accepted = 0;
  }

  /** Word {@code select} of a set of features: 0 the low 32 bits, 1 the high ones, else none. */
  static int word(long features, int select) {
    return switch (select) {
      case 0 -> (int) features;
      case 1 -> (int) (features >>> 32);
      default -> 0;
    };
  }
}
