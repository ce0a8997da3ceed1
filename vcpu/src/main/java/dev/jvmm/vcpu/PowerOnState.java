package dev.jvmm.vcpu;

import dev.jvmm.kvm.KvmRegs;
import dev.jvmm.kvm.KvmSregs;
import dev.jvmm.kvm.MpState;
import dev.jvmm.kvm.SegmentRegister;
import dev.jvmm.kvm.VcpuFd;
import dev.jvmm.kvm.uapi.kvm_debugregs;
import dev.jvmm.kvm.uapi.kvm_lapic_state;
import dev.jvmm.kvm.uapi.kvm_vcpu_events;
import dev.jvmm.kvm.uapi.kvm_xcr;
import dev.jvmm.kvm.uapi.kvm_xcrs;
import dev.jvmm.kvm.uapi.kvm_xsave;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Puts a vCPU back to what it is at power-on (Intel SDM volume 3, table 10-1 for the CPU, 11.4.7
 * for the local APIC; AMD APM volume 2, 14.1.3). A test compares the outcome with a vCPU that KVM
 * has just made.
 *
 * <p>Thread: while the vCPU stands, by one thread at a time.
 */
final class PowerOnState {

  private static final long RESET_RIP = 0xFFF0;
  private static final long RESET_CS_BASE = 0xFFFF_0000L;
  private static final int RESET_CS_SELECTOR = 0xF000;
  private static final int REAL_MODE_LIMIT = 0xFFFF;
  private static final int TYPE_LDT = 2;
  private static final long CR0_POWER_ON = 0x6000_0010L; // CD, NW, ET
  private static final long RFLAGS_FIXED = 2;

  private static final long APIC_BASE = 0xFEE0_0000L;
  private static final long APIC_BASE_ENABLED = 1 << 11;
  private static final long APIC_BASE_BSP = 1 << 8;

  private static final int FCW_POWER_ON = 0x37F; // what KVM has, as after FNINIT
  private static final int MXCSR_POWER_ON = 0x1F80;
  private static final long XSAVE_MXCSR = 24;
  private static final long DR6_POWER_ON = 0xFFFF_0FF0L;
  private static final long DR7_POWER_ON = 0x400;

  private static final int LAPIC_ID = 0x20;
  private static final int XAPIC_ID_SHIFT = 24;
  private static final int LAPIC_VERSION = 0x30;
  private static final int LAPIC_DFR = 0xE0;
  private static final int LAPIC_SVR = 0xF0;
  private static final int LAPIC_LVT_FIRST = 0x320;
  private static final int LAPIC_LVT_LINT0 = 0x350;
  private static final int LAPIC_LVT_LAST = 0x370;
  private static final int LVT_MASKED = 1 << 16;
  private static final int LVT_EXTINT = 7 << 8;

  // KVM_VCPUEVENT_VALID_NMI_PENDING, _SIPI_VECTOR, _SHADOW
  private static final int EVENTS_VALID = 1 | 2 | 4;

  private PowerOnState() {}

  /**
   * What a CPU's state at power-on depends on.
   *
   * @param signature what CPUID leaf 1 has in EAX, which EDX holds at power-on
   * @param hasXsave whether it has XCR0
   * @param counters how many general performance counters leaf 0xA shows
   * @param apicId its local APIC's id
   * @param boots whether it is the boot processor; the others wait for INIT and SIPI
   */
  record Kind(int signature, boolean hasXsave, int counters, int apicId, boolean boots) {}

  /**
   * Puts it back.
   *
   * @param nested whether KVM has KVM_CAP_NESTED_STATE: a guest that was a hypervisor stops being
   *     one first, since it keeps CR4 and EFER from changing
   */
  static void set(VcpuFd vcpu, Kind kind, boolean nested) {
    if (nested) {
      vcpu.leaveNested();
    }
    try (Arena arena = Arena.ofConfined()) {
      setSystem(vcpu, arena, kind.boots());
      setGeneral(vcpu, arena, kind.signature());
      setFloatingPoint(vcpu, arena, kind.hasXsave());
      setDebug(vcpu, arena);
      setLapic(vcpu, arena, kind);
      MemorySegment events = kvm_vcpu_events.allocate(arena);
      kvm_vcpu_events.flags(events, EVENTS_VALID);
      vcpu.setVcpuEvents(events);
      MsrTable.reset(vcpu, kind.counters());
      vcpu.setMpState(kind.boots() ? MpState.RUNNABLE : MpState.UNINITIALIZED);
    }
  }

  private static void setSystem(VcpuFd vcpu, Arena arena, boolean boots) {
    KvmSregs sregs = KvmSregs.allocate(arena);
    int present = SegmentRegister.S | SegmentRegister.PRESENT;
    sregs.setSegment(
        KvmSregs.CS,
        new SegmentRegister(
            RESET_CS_SELECTOR,
            RESET_CS_BASE,
            REAL_MODE_LIMIT,
            SegmentRegister.TYPE_CODE | present));
    SegmentRegister data =
        new SegmentRegister(0, 0, REAL_MODE_LIMIT, SegmentRegister.TYPE_DATA | present);
    for (long name : new long[] {KvmSregs.DS, KvmSregs.ES, KvmSregs.FS, KvmSregs.GS, KvmSregs.SS}) {
      sregs.setSegment(name, data);
    }
    sregs.setSegment(
        KvmSregs.TR,
        new SegmentRegister(
            0, 0, REAL_MODE_LIMIT, SegmentRegister.TYPE_BUSY_TSS | SegmentRegister.PRESENT));
    sregs.setSegment(
        KvmSregs.LDT,
        new SegmentRegister(0, 0, REAL_MODE_LIMIT, TYPE_LDT | SegmentRegister.PRESENT));
    sregs.setGdt(0, REAL_MODE_LIMIT);
    sregs.setIdt(0, REAL_MODE_LIMIT);
    sregs.setCr0(CR0_POWER_ON);
    sregs.setApicBase(APIC_BASE | APIC_BASE_ENABLED | (boots ? APIC_BASE_BSP : 0));
    vcpu.setSregs(sregs);
  }

  private static void setGeneral(VcpuFd vcpu, Arena arena, int signature) {
    KvmRegs regs = KvmRegs.allocate(arena);
    regs.setRip(RESET_RIP);
    regs.setRdx(Integer.toUnsignedLong(signature));
    regs.setRflags(RFLAGS_FIXED);
    vcpu.setRegs(regs);
  }

  /** XSTATE_BV 0 says that every component is in its initial state, whatever the area holds. */
  private static void setFloatingPoint(VcpuFd vcpu, Arena arena, boolean hasXsave) {
    if (hasXsave) {
      MemorySegment xcrs = kvm_xcrs.allocate(arena);
      kvm_xcrs.nr_xcrs(xcrs, 1);
      kvm_xcr.value(kvm_xcrs.xcrs(xcrs, 0), 1); // XCR0: x87 alone
      vcpu.setXcrs(xcrs);
    }
    MemorySegment xsave = kvm_xsave.allocate(arena);
    xsave.set(ValueLayout.JAVA_SHORT, 0, (short) FCW_POWER_ON);
    xsave.set(ValueLayout.JAVA_INT, XSAVE_MXCSR, MXCSR_POWER_ON);
    vcpu.setXsave(xsave);
  }

  private static void setDebug(VcpuFd vcpu, Arena arena) {
    MemorySegment debug = kvm_debugregs.allocate(arena);
    kvm_debugregs.dr6(debug, DR6_POWER_ON);
    kvm_debugregs.dr7(debug, DR7_POWER_ON);
    vcpu.setDebugregs(debug);
  }

  /**
   * KVM lets the boot processor's LINT0 pass the PIC's interrupts, as firmware would. The id is
   * written, not kept: a guest that was in x2APIC mode has left it in that mode's form.
   */
  private static void setLapic(VcpuFd vcpu, Arena arena, Kind kind) {
    MemorySegment old = kvm_lapic_state.allocate(arena);
    vcpu.getLapic(old);
    MemorySegment lapic = kvm_lapic_state.allocate(arena);
    register(lapic, LAPIC_ID, kind.apicId() << XAPIC_ID_SHIFT);
    register(lapic, LAPIC_VERSION, old.get(ValueLayout.JAVA_INT, LAPIC_VERSION));
    register(lapic, LAPIC_DFR, -1);
    register(lapic, LAPIC_SVR, 0xFF);
    for (int offset = LAPIC_LVT_FIRST; offset <= LAPIC_LVT_LAST; offset += 0x10) {
      register(lapic, offset, LVT_MASKED);
    }
    if (kind.boots()) {
      register(lapic, LAPIC_LVT_LINT0, LVT_EXTINT);
    }
    vcpu.setLapic(lapic);
  }

  private static void register(MemorySegment lapic, int offset, int value) {
    lapic.set(ValueLayout.JAVA_INT, offset, value);
  }
}
