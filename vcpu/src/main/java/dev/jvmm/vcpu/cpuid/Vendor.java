package dev.jvmm.vcpu.cpuid;

/**
 * The maker's name in leaves 0 and 0x80000000: EBX, EDX, ECX hold 12 characters.
 *
 * <p>Holds nothing.
 */
final class Vendor {

  private static final int[] ORDER = {CpuidLeaves.EBX, CpuidLeaves.EDX, CpuidLeaves.ECX};
  private static final int AUTH = 0x6874_7541; // AuthenticAMD
  private static final int HYGO = 0x6F67_7948; // HygonGenuine
  private static final int GENU = 0x756E_6547; // GenuineIntel

  private Vendor() {}

  /** Whether AMD's manual describes its leaves. */
  static boolean isAmdLike(CpuidLeaves leaves) {
    int first = leaves.get(0, CpuidLeaves.EBX);
    return first == AUTH || first == HYGO;
  }

  static boolean isIntel(CpuidLeaves leaves) {
    return leaves.get(0, CpuidLeaves.EBX) == GENU;
  }

  static void put(CpuidLeaves leaves, String name) {
    for (int word = 0; word < ORDER.length; word++) {
      int value = 0;
      for (int i = 0; i < 4; i++) {
        value |= (name.charAt(word * 4 + i) & 0xFF) << (i * 8);
      }
      leaves.set(0, ORDER[word], value);
      leaves.set(0x8000_0000, ORDER[word], value);
    }
  }
}
