package dev.jvmm.vcpu.cpuid;

import static dev.jvmm.vcpu.cpuid.CpuidLeaves.EAX;
import static dev.jvmm.vcpu.cpuid.CpuidLeaves.EBX;
import static dev.jvmm.vcpu.cpuid.CpuidLeaves.ECX;
import static dev.jvmm.vcpu.cpuid.CpuidLeaves.EDX;

/**
 * The cache leaf that comes with TOPOEXT, made from the two older ones where the host has no such
 * leaf (AMD APM volume 3, 0x80000005, 0x80000006, 0x8000001D). Who shares a cache is added by
 * {@link TopologyLeaves}.
 *
 * <p>Holds nothing.
 */
final class AmdCacheLeaves {

  static final int LEAF = 0x8000_001D;

  private static final int LEAF_L1 = 0x8000_0005;
  private static final int LEAF_L2_L3 = 0x8000_0006;

  private static final int DATA = 1;
  private static final int CODE = 2;
  private static final int UNIFIED = 3;

  private static final int SELF_INITIALIZING = 1 << 8;
  private static final int FULLY_ASSOCIATIVE = 1 << 9;

  private static final int KIB = 1024;
  private static final int L3_UNIT = 512 * KIB;

  /** What the four bits of the older leaf mean; 0 is a cache that is off, or says it elsewhere. */
  private static final int[] WAYS = {0, 1, 2, 3, 4, 6, 8, 0, 16, 0, 32, 48, 64, 96, 128, -1};

  private AmdCacheLeaves() {}

  static void putIfMissing(CpuidLeaves leaves) {
    if (leaves.has(LEAF, 0)) {
      return;
    }
    int index = putL1(leaves, 0, DATA, leaves.get(LEAF_L1, ECX));
    index = putL1(leaves, index, CODE, leaves.get(LEAF_L1, EDX));
    int l2 = leaves.get(LEAF_L2_L3, ECX);
    index = put(leaves, index, UNIFIED | 2 << 5, new Cache((l2 >>> 16) * KIB, ways(l2), l2 & 0xFF));
    int l3 = leaves.get(LEAF_L2_L3, EDX);
    put(leaves, index, UNIFIED | 3 << 5, new Cache((l3 >>> 18) * L3_UNIT, ways(l3), l3 & 0xFF));
  }

  /** One cache; -1 ways: an entry may lie anywhere. */
  private record Cache(int sizeBytes, int ways, int lineBytes) {}

  private static int ways(int register) {
    return WAYS[(register >>> 12) & 0xF];
  }

  private static int putL1(CpuidLeaves leaves, int index, int type, int register) {
    int ways = (register >>> 16) & 0xFF;
    Cache cache = new Cache((register >>> 24) * KIB, ways == 0xFF ? -1 : ways, register & 0xFF);
    return put(leaves, index, type | 1 << 5, cache);
  }

  /** Adds a cache, if there is one; answers where the next one goes. */
  private static int put(CpuidLeaves leaves, int index, int typeAndLevel, Cache cache) {
    if (cache.sizeBytes() <= 0 || cache.ways() == 0 || cache.lineBytes() == 0) {
      return index;
    }
    boolean full = cache.ways() < 0;
    int ways = full ? cache.sizeBytes() / cache.lineBytes() : cache.ways();
    int sets = Math.max(1, cache.sizeBytes() / cache.lineBytes() / ways);
    leaves.set(LEAF, index, EAX, typeAndLevel | SELF_INITIALIZING | (full ? FULLY_ASSOCIATIVE : 0));
    leaves.set(LEAF, index, EBX, Math.min(ways - 1, 0x3FF) << 22 | (cache.lineBytes() - 1));
    leaves.set(LEAF, index, ECX, sets - 1);
    return index + 1;
  }
}
