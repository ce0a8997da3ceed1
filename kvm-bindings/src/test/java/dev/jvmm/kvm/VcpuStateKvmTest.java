package dev.jvmm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.kvm.uapi.kvm_debugregs;
import dev.jvmm.kvm.uapi.kvm_fpu;
import dev.jvmm.kvm.uapi.kvm_lapic_state;
import dev.jvmm.kvm.uapi.kvm_vcpu_events;
import dev.jvmm.kvm.uapi.kvm_xcrs;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is written into a vCPU is what is read from it. */
@Tag("kvm")
class VcpuStateKvmTest {

  private static final int MSR_SYSENTER_EIP = 0x176;
  private static final int MSR_STAR = 0xC000_0081;
  private static final int NO_MSR = 0x1234_5678;

  @Test
  void regs_roundTrip() {
    try (TinyGuest guest = TinyGuest.realMode(0xF4)) {
      KvmRegs regs = guest.regs();
      for (long offset = 0; offset < KvmRegs.RFLAGS; offset += Long.BYTES) {
        regs.memory().set(JAVA_LONG, offset, 0x1111_2222_0000L + offset);
      }
      guest.vcpu().setRegs(regs);

      KvmRegs read = guest.regs();
      assertThat(read.rax()).isEqualTo(0x1111_2222_0000L);
      assertThat(read.r15()).isEqualTo(0x1111_2222_0000L + KvmRegs.R15);
      assertThat(read.rip()).isEqualTo(0x1111_2222_0000L + KvmRegs.RIP);
      assertThat(read.memory().mismatch(regs.memory())).isEqualTo(-1);
    }
  }

  @Test
  void sregs_roundTrip() {
    try (TinyGuest guest = TinyGuest.longMode(0xF4)) {
      KvmSregs sregs = guest.sregs();
      SegmentRegister fs =
          new SegmentRegister(
              0x23,
              0x7FFF_1234_0000L,
              0xFFFF_FFFF,
              SegmentRegister.TYPE_DATA
                  | SegmentRegister.S
                  | (3 << SegmentRegister.DPL_SHIFT)
                  | SegmentRegister.PRESENT
                  | SegmentRegister.DB
                  | SegmentRegister.G);
      sregs.setSegment(KvmSregs.FS, fs);
      sregs.setGdt(0x500, 0x27);
      sregs.setIdt(0x600, 0xFFF);
      sregs.setCr2(0xDEAD_0000L);
      guest.vcpu().setSregs(sregs);

      KvmSregs read = guest.sregs();
      assertThat(read.segment(KvmSregs.FS)).isEqualTo(fs);
      assertThat(read.gdtBase()).isEqualTo(0x500);
      assertThat(read.gdtLimit()).isEqualTo(0x27);
      assertThat(read.idtBase()).isEqualTo(0x600);
      assertThat(read.idtLimit()).isEqualTo(0xFFF);
      assertThat(read.cr2()).isEqualTo(0xDEAD_0000L);
      assertThat(read.cr3()).isEqualTo(sregs.cr3());
      assertThat(read.efer() & 0x500).isEqualTo(0x500);
    }
  }

  @Test
  void msrs_roundTrip_andEndAtTheFirstUnknown() {
    try (TinyGuest guest = TinyGuest.realMode(0xF4)) {
      VcpuFd vcpu = guest.vcpu();
      vcpu.setCpuid2(supported());
      int[] indices = {MSR_SYSENTER_EIP, MSR_STAR, NO_MSR, MSR_STAR};

      assertThat(vcpu.setMsrs(indices, new long[] {0x1234_5678, 0x0023_0010_0000_0000L, 1, 0}))
          .isEqualTo(2);

      long[] values = new long[4];
      assertThat(vcpu.getMsrs(indices, values)).isEqualTo(2);
      assertThat(values).containsExactly(0x1234_5678, 0x0023_0010_0000_0000L, 0, 0);
    }
  }

  @Test
  void cpuid_roundTrip() {
    try (TinyGuest guest = TinyGuest.realMode(0xF4)) {
      List<CpuidEntry> entries =
          List.of(
              new CpuidEntry(0, 0, 0, 1, 0x756E_6547, 0x6C65_746E, 0x4965_6E69),
              new CpuidEntry(0x4000_0000, 0, 0, 0x4000_0001, 1, 2, 3));
      guest.vcpu().setCpuid2(entries);

      assertThat(guest.vcpu().getCpuid2()).isEqualTo(entries);
    }
  }

  @Test
  void mpState_roundTrip() {
    try (TinyGuest guest = TinyGuest.realModeWithIrqchip(0xF4)) {
      assertThat(guest.vcpu().mpState()).isEqualTo(MpState.RUNNABLE);
      guest.vcpu().setMpState(MpState.HALTED);
      assertThat(guest.vcpu().mpState()).isEqualTo(MpState.HALTED);
    }
  }

  @Test
  void fpu_roundTrip() {
    try (TinyGuest guest = TinyGuest.realMode(0xF4)) {
      MemorySegment fpu = guest.struct(kvm_fpu.sizeof());
      VcpuFd vcpu = guest.vcpu();
      vcpu.getFpu(fpu);
      fpu.set(JAVA_BYTE, 0, (byte) 0x5A); // the first byte of ST0
      vcpu.setFpu(fpu);

      assertThat(readAgain(guest, fpu, vcpu::getFpu)).isEqualTo(fpu.toArray(JAVA_BYTE));
    }
  }

  @Test
  void xsave_roundTrip() {
    try (TinyGuest guest = TinyGuest.realMode(0xF4)) {
      VcpuFd vcpu = guest.vcpu();
      vcpu.setCpuid2(supported());
      MemorySegment xsave = guest.struct(vcpu.xsaveSizeBytes());
      vcpu.getXsave(xsave);
      xsave.set(JAVA_BYTE, 32, (byte) 0x5A); // the first byte of ST0
      xsave.set(JAVA_LONG, 512, 1); // whose component is in use
      vcpu.setXsave(xsave);

      assertThat(readAgain(guest, xsave, vcpu::getXsave)[32]).isEqualTo((byte) 0x5A);
      MemorySegment xsave2 = guest.struct(vcpu.xsaveSizeBytes());
      vcpu.getXsave2(xsave2);
      assertThat(xsave2.get(JAVA_BYTE, 32)).isEqualTo((byte) 0x5A);
    }
  }

  @Test
  void xcrs_roundTrip() {
    try (TinyGuest guest = TinyGuest.realMode(0xF4)) {
      VcpuFd vcpu = guest.vcpu();
      vcpu.setCpuid2(supported());
      MemorySegment xcrs = guest.struct(kvm_xcrs.sizeof());
      vcpu.getXcrs(xcrs);
      assertThat(xcrs.get(JAVA_INT, 0)).isEqualTo(1);
      vcpu.setXcrs(xcrs);
      assertThat(readAgain(guest, xcrs, vcpu::getXcrs)).isEqualTo(xcrs.toArray(JAVA_BYTE));
    }
  }

  @Test
  void debugregs_roundTrip() {
    try (TinyGuest guest = TinyGuest.realMode(0xF4)) {
      VcpuFd vcpu = guest.vcpu();
      MemorySegment debugregs = guest.struct(kvm_debugregs.sizeof());
      vcpu.getDebugregs(debugregs);
      debugregs.set(JAVA_LONG, 8, 0x1234_5000); // DR1
      vcpu.setDebugregs(debugregs);

      assertThat(readAgain(guest, debugregs, vcpu::getDebugregs))
          .isEqualTo(debugregs.toArray(JAVA_BYTE));
    }
  }

  @Test
  void lapic_roundTrip() {
    try (TinyGuest guest = TinyGuest.realModeWithIrqchip(0xF4)) {
      VcpuFd vcpu = guest.vcpu();
      MemorySegment lapic = guest.struct(kvm_lapic_state.sizeof());
      vcpu.getLapic(lapic);
      lapic.set(JAVA_INT, 0x80, 0x20); // task priority
      vcpu.setLapic(lapic);

      assertThat(readAgain(guest, lapic, vcpu::getLapic)[0x80]).isEqualTo((byte) 0x20);
    }
  }

  @Test
  void vcpuEvents_showAnNmi() {
    try (TinyGuest guest = TinyGuest.realModeWithIrqchip(0xF4)) {
      VcpuFd vcpu = guest.vcpu();
      MemorySegment events = guest.struct(kvm_vcpu_events.sizeof());
      vcpu.getVcpuEvents(events);
      assertThat(nmiPending(events)).isZero();
      vcpu.nmi();

      vcpu.getVcpuEvents(events);
      assertThat(nmiPending(events)).isEqualTo(1);
      vcpu.setVcpuEvents(events);
      assertThat(nmiPending(readEvents(guest))).isEqualTo(1);
    }
  }

  private static MemorySegment readEvents(TinyGuest guest) {
    MemorySegment events = guest.struct(kvm_vcpu_events.sizeof());
    guest.vcpu().getVcpuEvents(events);
    return events;
  }

  private static int nmiPending(MemorySegment events) {
    return events.get(
        JAVA_BYTE, kvm_vcpu_events.nmi$offset() + kvm_vcpu_events.nmi.pending$offset());
  }

  @Test
  void tscKhz_isKnown() {
    try (TinyGuest guest = TinyGuest.realMode(0xF4)) {
      assertThat(guest.vcpu().tscKhz()).isGreaterThan(100_000);
    }
  }

  @Test
  void kvmclockCtrl_withoutAKvmclock_saysSo() {
    try (TinyGuest guest = TinyGuest.realMode(0xF4)) {
      assertThat(guest.vcpu().kvmclockCtrl()).isFalse();
    }
  }

  @Test
  void guestDebug_singleSteps() {
    // nop; nop; hlt
    try (TinyGuest guest = TinyGuest.realMode(0x90, 0x90, 0xF4)) {
      guest.vcpu().setGuestDebug(GuestDebug.ENABLE | GuestDebug.SINGLE_STEP);

      assertThat(guest.runToExit()).isEqualTo(ExitReason.DEBUG);
      assertThat(guest.kvmRun().debugPc()).isEqualTo(TinyGuest.CODE + 1);

      guest.vcpu().setGuestDebug(0);
      assertThat(guest.runToExit()).isEqualTo(ExitReason.HLT);
    }
  }

  @Test
  void translate_followsThePageTables() {
    try (TinyGuest guest = TinyGuest.longMode(0xF4)) {
      assertThat(guest.vcpu().translate(0x1234)).isEqualTo(0x1234);
      assertThat(guest.vcpu().translate(0x4000_0000L)).isEqualTo(-1);
    }
  }

  @Test
  void structTooSmall_isRefusedBeforeTheKernelSeesIt() {
    try (TinyGuest guest = TinyGuest.realMode(0xF4)) {
      MemorySegment small = guest.struct(kvm_fpu.sizeof() - 1);
      assertThatThrownBy(() -> guest.vcpu().getFpu(small))
          .hasMessage("KVM_GET_FPU needs 416 bytes of native memory, not 415");
    }
  }

  private static byte[] readAgain(
      TinyGuest guest, MemorySegment like, Consumer<MemorySegment> read) {
    MemorySegment again = guest.struct(like.byteSize());
    read.accept(again);
    return again.toArray(JAVA_BYTE);
  }

  private static List<CpuidEntry> supported() {
    try (Kvm kvm = TinyGuest.openKvm()) {
      return kvm.supportedCpuid();
    }
  }
}
