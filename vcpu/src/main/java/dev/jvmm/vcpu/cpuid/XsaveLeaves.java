package dev.jvmm.vcpu.cpuid;

import static dev.jvmm.vcpu.cpuid.CpuidLeaves.EAX;
import static dev.jvmm.vcpu.cpuid.CpuidLeaves.EBX;
import static dev.jvmm.vcpu.cpuid.CpuidLeaves.ECX;
import static dev.jvmm.vcpu.cpuid.CpuidLeaves.EDX;

/**
 * Leaf 0xD, the extended state (Intel SDM volume 1, chapter 13): it shows the components of those
 * features alone that the guest has.
 *
 * <p>Holds nothing.
 */
final class XsaveLeaves {

  private static final int LEAF = 0xD;

  /** The part that is always there: 512 bytes of FXSAVE and the header. */
  private static final int LEGACY_AND_HEADER = 512 + 64;

  private static final int FIRST_COMPONENT = 2; // x87 and SSE lie in the legacy part

  private static final int ECX1_XSAVE = 1 << 26;
  private static final int ECX1_AVX = 1 << 28;
  private static final int EBX7_MPX = 1 << 14;
  private static final int EBX7_AVX512F = 1 << 16;
  private static final int ECX7_PKU = 1 << 3;
  private static final int EDX7_AMX_TILE = 1 << 24;
  private static final int EAXD1_XSAVES = 1 << 3;

  private static final int XCR0_AVX = 1 << 2;
  private static final int XCR0_MPX = 3 << 3;
  private static final int XCR0_AVX512 = 7 << 5;
  private static final int XCR0_PKRU = 1 << 9;
  private static final int XCR0_AMX = 3 << 17;

  private XsaveLeaves() {}

  /** Takes away the components whose features are off, and makes the sizes fit. */
  static void followFeatures(CpuidLeaves leaves) {
    if ((leaves.get(1, ECX) & ECX1_XSAVE) == 0) {
      leaves.remove(LEAF);
      return;
    }
    int user = leaves.get(LEAF, EAX) & ~dropped(leaves);
    boolean supervisor = (leaves.get(LEAF, 1, EAX) & EAXD1_XSAVES) != 0;
    int system = supervisor ? leaves.get(LEAF, 1, ECX) : 0;
    if (user == leaves.get(LEAF, EAX) && system == leaves.get(LEAF, 1, ECX)) {
      return;
    }
    leaves.set(LEAF, EAX, user);
    leaves.set(LEAF, 1, ECX, system);
    leaves.set(LEAF, EBX, LEGACY_AND_HEADER); // as at reset; KVM follows the guest's XCR0
    leaves.set(LEAF, ECX, keepComponents(leaves, user, system));
  }

  private static int dropped(CpuidLeaves leaves) {
    int dropped = 0;
    dropped |= (leaves.get(1, ECX) & ECX1_AVX) == 0 ? XCR0_AVX : 0;
    dropped |= (leaves.get(7, EBX) & EBX7_MPX) == 0 ? XCR0_MPX : 0;
    dropped |= (leaves.get(7, EBX) & EBX7_AVX512F) == 0 ? XCR0_AVX512 : 0;
    dropped |= (leaves.get(7, ECX) & ECX7_PKU) == 0 ? XCR0_PKRU : 0;
    dropped |= (leaves.get(7, EDX) & EDX7_AMX_TILE) == 0 ? XCR0_AMX : 0;
    return dropped;
  }

  /** Removes the subleaves of other components, and answers where the last user state ends. */
  private static int keepComponents(CpuidLeaves leaves, int user, int system) {
    int end = LEGACY_AND_HEADER;
    for (int row = leaves.rows() - 1; row >= 0; row--) {
      int component = leaves.index(row);
      if (leaves.function(row) != LEAF
          || component < FIRST_COMPONENT
          || component >= Integer.SIZE) {
        continue;
      }
      if (((user | system) & (1 << component)) == 0) {
        leaves.removeRow(row);
      } else if ((user & (1 << component)) != 0) {
        end = Math.max(end, leaves.at(row, EBX) + leaves.at(row, EAX));
      }
    }
    return end;
  }
}
