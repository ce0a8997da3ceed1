package dev.jvmm.vcpu.cpuid;

import static dev.jvmm.vcpu.cpuid.CpuidLeaves.EAX;
import static dev.jvmm.vcpu.cpuid.CpuidLeaves.EBX;
import static dev.jvmm.vcpu.cpuid.CpuidLeaves.ECX;
import static dev.jvmm.vcpu.cpuid.CpuidLeaves.EDX;

import dev.jvmm.kvm.CpuidEntry;

/**
 * The leaves in which a guest reads who shares what with whom (Intel SDM volume 2A, leaves 1, 4,
 * 0xB, 0x1F; AMD APM volume 3, 0x80000001, 0x80000008, 0x8000001D, 0x8000001E).
 *
 * <p>{@link #putCommon} writes what all CPUs of a machine read alike, {@link #of} what one CPU
 * reads of itself.
 *
 * <p>Immutable.
 */
final class TopologyLeaves {

  private static final int LEAF_TOPOLOGY = 0xB;
  private static final int LEAF_TOPOLOGY_V2 = 0x1F;
  private static final int LEAF_AMD_TOPOLOGY_V2 = 0x8000_0026;
  private static final int LEAF_AMD_CACHE = AmdCacheLeaves.LEAF;
  private static final int LEAF_AMD_TOPOLOGY = 0x8000_001E;

  private static final int EDX1_HTT = 1 << 28;
  private static final int ECX81_CMP_LEGACY = 1 << 1;
  private static final int ECX81_TOPOEXT = 1 << 22;

  private static final int LEVEL_SMT = 1;
  private static final int LEVEL_CORE = 2;

  /** Cache lines of all x86-64 CPUs are 64 bytes; the field counts in 8. */
  private static final int CLFLUSH_LINE = 64 / 8;

  private static final int CACHE_L3 = 3;
  private static final int MAX_CACHE_SUBLEAVES = 16;

  private final CpuTopology topology;

  TopologyLeaves(CpuTopology topology) {
    this.topology = topology;
  }

  /**
   * Writes what all CPUs read.
   *
   * @param mayAddTopoext whether an AMD guest with several threads a core gets the leaves that
   *     alone tell of threads there, even where KVM does not list them
   */
  void putCommon(CpuidLeaves leaves, boolean amdLike, boolean mayAddTopoext) {
    boolean several = topology.threadsPerSocket() > 1;
    int logical = amdLike ? topology.threadsPerSocket() : 1 << Math.min(topology.packageBits(), 8);
    leaves.set(1, EBX, Math.min(logical, 255) << 16 | CLFLUSH_LINE << 8);
    setBit(leaves, 1, EDX, EDX1_HTT, several);
    setBit(leaves, 0x8000_0001, ECX, ECX81_CMP_LEGACY, several && amdLike);

    putCacheSharing(leaves, 4, true);
    putLevels(leaves, LEAF_TOPOLOGY);
    boolean hasV2 = !amdLike && leaves.get(0, EAX) >= LEAF_TOPOLOGY_V2;
    leaves.remove(LEAF_TOPOLOGY_V2);
    if (hasV2) {
      putLevels(leaves, LEAF_TOPOLOGY_V2);
    }
    leaves.remove(LEAF_AMD_TOPOLOGY_V2); // the host's own, and 0xB says all
    putAmdSizes(leaves, amdLike && several);
    if (amdLike && mayAddTopoext && topology.threads() > 1) {
      leaves.or(0x8000_0001, ECX, ECX81_TOPOEXT); // KVM only passes it on: no feature of the CPU's
    }
    putAmdTopology(leaves, amdLike);
  }

  /** The x2APIC levels: each says how many id bits lie below the next one. */
  private void putLevels(CpuidLeaves leaves, int leaf) {
    leaves.remove(leaf);
    leaves.put(leaf, 0, new int[] {topology.threadBits(), topology.threads(), LEVEL_SMT << 8, 0});
    leaves.put(
        leaf,
        1,
        new int[] {topology.packageBits(), topology.threadsPerSocket(), LEVEL_CORE << 8 | 1, 0});
    leaves.put(leaf, 2, new int[] {0, 0, 2, 0});
  }

  /** Levels 1 and 2 belong to a core, level 3 to the socket. Counts are of ids, gaps included. */
  private void putCacheSharing(CpuidLeaves leaves, int leaf, boolean withCores) {
    for (int index = 0; index < MAX_CACHE_SUBLEAVES; index++) {
      int eax = leaves.get(leaf, index, EAX);
      if ((eax & 0x1F) == 0) {
        continue; // no cache
      }
      int level = (eax >>> 5) & 7;
      int bits = level < CACHE_L3 ? topology.threadBits() : topology.packageBits();
      int sharing = Math.min((1 << bits) - 1, 0xFFF);
      int value = (eax & 0x3FFF) | (sharing << 14);
      if (withCores) {
        value |= Math.min((1 << topology.coreBits()) - 1, 0x3F) << 26;
      }
      leaves.set(leaf, index, EAX, value);
    }
  }

  private void putAmdSizes(CpuidLeaves leaves, boolean amdWithSeveral) {
    int sizes = 0;
    if (amdWithSeveral) {
      int threads = Math.min(topology.threadsPerSocket() - 1, 0xFF);
      sizes = Math.min(topology.packageBits(), 0xF) << 12 | threads;
    }
    if (leaves.has(0x8000_0008, 0)) {
      leaves.set(0x8000_0008, ECX, sizes);
    }
  }

  private void putAmdTopology(CpuidLeaves leaves, boolean amdLike) {
    leaves.remove(LEAF_AMD_TOPOLOGY);
    if (!amdLike || (leaves.get(0x8000_0001, ECX) & ECX81_TOPOEXT) == 0) {
      leaves.clear(0x8000_0001, ECX, ECX81_TOPOEXT);
      leaves.remove(LEAF_AMD_CACHE);
      return;
    }
    AmdCacheLeaves.putIfMissing(leaves);
    putCacheSharing(leaves, LEAF_AMD_CACHE, false);
    leaves.pin(LEAF_AMD_TOPOLOGY); // CPU 0 alone may read all zeros there
    leaves.set(LEAF_AMD_TOPOLOGY, EBX, (topology.threads() - 1) << 8);
  }

  private static void setBit(CpuidLeaves leaves, int leaf, int register, int bit, boolean on) {
    if (on) {
      leaves.or(leaf, register, bit);
    } else {
      leaves.clear(leaf, register, bit);
    }
  }

  /** What the CPU with this APIC id reads in place of a common entry. */
  CpuidEntry of(CpuidEntry entry, int apicId) {
    return switch (entry.function()) {
      case 1 -> with(entry, entry.eax(), (entry.ebx() & 0x00FF_FFFF) | (apicId << 24), entry.edx());
      case LEAF_TOPOLOGY, LEAF_TOPOLOGY_V2 -> with(entry, entry.eax(), entry.ebx(), apicId);
      case LEAF_AMD_TOPOLOGY -> amdTopology(entry, apicId);
      default -> entry;
    };
  }

  /** One node a socket; the core's number is its own within the socket. */
  private CpuidEntry amdTopology(CpuidEntry entry, int apicId) {
    int core = (apicId >>> topology.threadBits()) & ((1 << topology.coreBits()) - 1);
    int node = apicId >>> topology.packageBits();
    return new CpuidEntry(
        entry.function(),
        entry.index(),
        entry.flags(),
        apicId,
        (entry.ebx() & ~0xFF) | (core & 0xFF),
        node & 0xFF,
        0);
  }

  private static CpuidEntry with(CpuidEntry entry, int eax, int ebx, int edx) {
    return new CpuidEntry(
        entry.function(), entry.index(), entry.flags(), eax, ebx, entry.ecx(), edx);
  }
}
