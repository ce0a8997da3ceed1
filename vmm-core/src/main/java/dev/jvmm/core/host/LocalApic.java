package dev.jvmm.core.host;

/** Where messages go on x86 (Intel SDM 3, "Message Address Register Format"). */
final class LocalApic {

  private static final int BASE = 0xFEE; // bits 31 to 20 of a message's address
  private static final int BASE_SHIFT = 20;

  private LocalApic() {}

  /** Whether a message to this address is an interrupt; KVM would take any for one. */
  static boolean isAt(long address) {
    return (int) address >>> BASE_SHIFT == BASE;
  }
}
