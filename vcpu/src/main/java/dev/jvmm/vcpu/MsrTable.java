package dev.jvmm.vcpu;

import dev.jvmm.kvm.VcpuFd;
import java.util.Arrays;

/**
 * The model-specific registers that we set: before a boot, what firmware would have left, and after
 * a reset, what power-on has (Intel SDM volume 4; AMD APM volume 2, appendix A; KVM's own from the
 * kernel's documentation of its paravirtual MSRs).
 *
 * <p>Thread: immutable.
 */
final class MsrTable {

  private static final int KVM_WALL_CLOCK = 0x11;
  private static final int KVM_SYSTEM_TIME = 0x12;
  private static final int KVM_WALL_CLOCK_NEW = 0x4B56_4D00;
  private static final int KVM_SYSTEM_TIME_NEW = 0x4B56_4D01;
  private static final int KVM_ASYNC_PF_EN = 0x4B56_4D02;
  private static final int KVM_STEAL_TIME = 0x4B56_4D03;
  private static final int KVM_EOI_EN = 0x4B56_4D04;
  private static final int KVM_POLL_CONTROL = 0x4B56_4D05;
  private static final int KVM_ASYNC_PF_INT = 0x4B56_4D06;

  private static final int TSC = 0x10;
  private static final int IA32_TSC_ADJUST = 0x3B;
  private static final int IA32_SPEC_CTRL = 0x48;
  private static final int IA32_SYSENTER_CS = 0x174;
  private static final int IA32_SYSENTER_ESP = 0x175;
  private static final int IA32_SYSENTER_EIP = 0x176;
  private static final int IA32_MCG_STATUS = 0x17A;
  private static final int IA32_XFD = 0x1C4;
  private static final int IA32_DEBUGCTL = 0x1D9;
  private static final int IA32_TSC_DEADLINE = 0x6E0;
  private static final int IA32_XSS = 0xDA0;
  private static final int STAR = 0xC000_0081;
  private static final int LSTAR = 0xC000_0082;
  private static final int CSTAR = 0xC000_0083;
  private static final int FMASK = 0xC000_0084;
  private static final int KERNEL_GS_BASE = 0xC000_0102;
  private static final int TSC_AUX = 0xC000_0103;

  private static final int IA32_MISC_ENABLE = 0x1A0;
  private static final long MISC_ENABLE_FAST_STRING = 1;
  private static final int IA32_MTRR_DEF_TYPE = 0x2FF;
  private static final long MTRR_ENABLED_WRITE_BACK = 0x806;
  private static final int IA32_PAT = 0x277;
  private static final long PAT_POWER_ON = 0x0007_0406_0007_0406L;

  // MTRRs: eight pairs of base and mask, then those of fixed ranges below 1 MiB.
  private static final int IA32_MTRR_PHYSBASE0 = 0x200;
  private static final int VARIABLE_MTRRS = 8;
  private static final int[] FIXED_MTRRS = {
    0x250, 0x258, 0x259, 0x268, 0x269, 0x26A, 0x26B, 0x26C, 0x26D, 0x26E, 0x26F
  };

  // Performance counters, Intel's and AMD's; what a guest does not have reads 0 or not at all.
  private static final int IA32_PERFEVTSEL0 = 0x186;
  private static final int IA32_PMC0 = 0xC1;
  private static final int IA32_FIXED_CTR0 = 0x309;
  private static final int IA32_FIXED_CTR_CTRL = 0x38D;
  private static final int IA32_PERF_GLOBAL_CTRL = 0x38F;
  private static final int IA32_PEBS_ENABLE = 0x3F1;
  private static final int IA32_DS_AREA = 0x600;
  private static final int INTEL_COUNTERS = 8;
  private static final int INTEL_FIXED_COUNTERS = 4;
  private static final int AMD_PERF_LEGACY = 0xC001_0000; // four selectors, four counters
  private static final int AMD_PERF_CORE = 0xC001_0200; // six pairs
  private static final int AMD_COUNTERS = 8;
  private static final int AMD_CORE_COUNTERS = 12;

  private MsrTable() {}

  /**
   * What every CPU has when a kernel starts: index, value, index, value, ... All memory is
   * write-back unless the page tables say otherwise.
   */
  static long[] boot() {
    return new long[] {
      IA32_MISC_ENABLE, MISC_ENABLE_FAST_STRING,
      IA32_MTRR_DEF_TYPE, MTRR_ENABLED_WRITE_BACK
    };
  }

  /** KVM's own; until they are off, KVM writes into memory that belongs to the next kernel. */
  private static long[] paravirtual() {
    return new long[] {
      KVM_SYSTEM_TIME_NEW, 0,
      KVM_SYSTEM_TIME, 0,
      KVM_WALL_CLOCK_NEW, 0,
      KVM_WALL_CLOCK, 0,
      KVM_STEAL_TIME, 0,
      KVM_ASYNC_PF_EN, 0,
      KVM_ASYNC_PF_INT, 0,
      KVM_EOI_EN, 0,
      KVM_POLL_CONTROL, 1
    };
  }

  private static long[] architectural() {
    return new long[] {
      IA32_SYSENTER_CS, 0,
      IA32_SYSENTER_ESP, 0,
      IA32_SYSENTER_EIP, 0,
      STAR, 0,
      LSTAR, 0,
      CSTAR, 0,
      FMASK, 0,
      KERNEL_GS_BASE, 0,
      TSC_AUX, 0,
      IA32_TSC_ADJUST, 0,
      IA32_SPEC_CTRL, 0,
      IA32_XSS, 0,
      IA32_XFD, 0,
      IA32_TSC_DEADLINE, 0,
      IA32_MCG_STATUS, 0,
      IA32_DEBUGCTL, 0,
      IA32_PAT, PAT_POWER_ON,
      TSC, 0
    };
  }

  private static long[] memoryTypes() {
    long[] table = new long[2 * (2 * VARIABLE_MTRRS + FIXED_MTRRS.length)];
    int at = 0;
    for (int i = 0; i < 2 * VARIABLE_MTRRS; i++, at += 2) {
      table[at] = (long) IA32_MTRR_PHYSBASE0 + i;
    }
    for (int index : FIXED_MTRRS) {
      table[at] = index;
      at += 2;
    }
    return table;
  }

  /** The selectors first: a counter that has stopped keeps what it is set to. */
  private static long[] performance(int intelCounters) {
    int[][] zeros = {
      {IA32_PERFEVTSEL0, INTEL_COUNTERS},
      {IA32_FIXED_CTR_CTRL, 1},
      {IA32_PMC0, INTEL_COUNTERS},
      {IA32_FIXED_CTR0, INTEL_FIXED_COUNTERS},
      {IA32_PEBS_ENABLE, 1},
      {IA32_DS_AREA, 1},
      {AMD_PERF_LEGACY, AMD_COUNTERS},
      {AMD_PERF_CORE, AMD_CORE_COUNTERS},
    };
    int count = 1;
    for (int[] range : zeros) {
      count += range[1];
    }
    long[] table = new long[2 * count];
    int at = 0;
    for (int[] range : zeros) {
      for (int i = 0; i < range[1]; i++, at += 2) {
        table[at] = (long) range[0] + i;
      }
    }
    table[at] = IA32_PERF_GLOBAL_CTRL;
    table[at + 1] = (1L << intelCounters) - 1; // all general ones are on, yet select nothing
    return table;
  }

  /**
   * Sets what a system reset sets: first KVM's own, last what {@link #boot} has. What a host does
   * not have is passed over, and what has its value already is not set: KVM writes a line into the
   * host's log for some that it reads as 0 and does not take.
   *
   * @param intelCounters how many general performance counters CPUID leaf 0xA shows
   */
  static void reset(VcpuFd vcpu, int intelCounters) {
    setEach(vcpu, paravirtual());
    setChanged(vcpu, architectural());
    setChanged(vcpu, memoryTypes());
    setChanged(vcpu, performance(intelCounters));
    setEach(vcpu, boot());
  }

  private static void setChanged(VcpuFd vcpu, long[] indicesAndValues) {
    long[] changed = new long[indicesAndValues.length];
    int count = 0;
    int[] index = new int[1];
    long[] value = new long[1];
    for (int at = 0; at < indicesAndValues.length; at += 2) {
      index[0] = (int) indicesAndValues[at];
      if (vcpu.getMsrs(index, value) == 1 && value[0] != indicesAndValues[at + 1]) {
        changed[count++] = indicesAndValues[at];
        changed[count++] = indicesAndValues[at + 1];
      }
    }
    setEach(vcpu, Arrays.copyOf(changed, count));
  }

  /** Sets what this host has; the rest is passed over, as a CPU without it would. */
  static void setEach(VcpuFd vcpu, long[] indicesAndValues) {
    int count = indicesAndValues.length / 2;
    int[] indices = new int[count];
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      indices[i] = (int) indicesAndValues[2 * i];
      values[i] = indicesAndValues[2 * i + 1];
    }
    int next = count == 0 ? 0 : vcpu.setMsrs(indices, values);
    while (next < count) { // KVM stops at the first one that it refuses: skip that one
      next++;
      next +=
          vcpu.setMsrs(
              Arrays.copyOfRange(indices, next, count), Arrays.copyOfRange(values, next, count));
    }
  }
}
