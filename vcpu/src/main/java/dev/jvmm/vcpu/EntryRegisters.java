package dev.jvmm.vcpu;

import dev.jvmm.kvm.KvmRegs;
import dev.jvmm.kvm.KvmSregs;
import dev.jvmm.kvm.SegmentRegister;
import dev.jvmm.kvm.VcpuFd;
import java.lang.foreign.Arena;

/**
 * Puts a CPU into the mode in which a boot protocol wants it (Intel SDM volume 3, 3.4.5 and 9.8.5).
 *
 * <p>Thread: stateless.
 */
final class EntryRegisters {

  private static final long CR0_PE = 1;
  private static final long CR0_ET = 1 << 4;
  private static final long CR0_PG = 1L << 31;
  private static final long CR4_PAE = 1 << 5;
  private static final long EFER_LME = 1 << 8;
  private static final long EFER_LMA = 1 << 10;
  private static final long RFLAGS_FIXED = 2;

  private static final int FLAT_LIMIT = -1; // 4 GiB - 1
  private static final int TSS_LIMIT = 0x67;

  private EntryRegisters() {}

  static void set(VcpuFd vcpu, EntryState entry) {
    try (Arena arena = Arena.ofConfined()) {
      KvmSregs sregs = KvmSregs.allocate(arena);
      vcpu.getSregs(sregs);
      setSegments(sregs, entry);
      setControl(sregs, entry);
      vcpu.setSregs(sregs);

      KvmRegs regs = KvmRegs.allocate(arena);
      regs.setRip(entry.rip());
      regs.setRsp(entry.rsp());
      regs.setRax(entry.rax());
      regs.setRbx(entry.rbx());
      regs.setRsi(entry.rsi());
      regs.setRflags(RFLAGS_FIXED);
      vcpu.setRegs(regs);
    }
  }

  private static void setSegments(KvmSregs sregs, EntryState entry) {
    int present = SegmentRegister.PRESENT | SegmentRegister.G;
    int width = entry.mode() == EntryState.Mode.LONG_64 ? SegmentRegister.L : SegmentRegister.DB;
    int code = SegmentRegister.TYPE_CODE | SegmentRegister.S | present | width;
    int data = SegmentRegister.TYPE_DATA | SegmentRegister.S | present | SegmentRegister.DB;
    sregs.setSegment(
        KvmSregs.CS, new SegmentRegister(EntryState.CODE_SELECTOR, 0, FLAT_LIMIT, code));
    SegmentRegister flat = new SegmentRegister(EntryState.DATA_SELECTOR, 0, FLAT_LIMIT, data);
    sregs.setSegment(KvmSregs.DS, flat);
    sregs.setSegment(KvmSregs.ES, flat);
    sregs.setSegment(KvmSregs.FS, flat);
    sregs.setSegment(KvmSregs.GS, flat);
    sregs.setSegment(KvmSregs.SS, flat);
    int tss = SegmentRegister.TYPE_BUSY_TSS | SegmentRegister.PRESENT;
    sregs.setSegment(KvmSregs.TR, new SegmentRegister(EntryState.TASK_SELECTOR, 0, TSS_LIMIT, tss));
    sregs.setGdt(entry.gdtGpa(), entry.gdtLimit());
    sregs.setIdt(0, 0);
  }

  private static void setControl(KvmSregs sregs, EntryState entry) {
    switch (entry.mode()) {
      case PROTECTED_32 -> {
        sregs.setCr0(CR0_PE | CR0_ET);
        sregs.setCr3(0);
        sregs.setCr4(0);
        sregs.setEfer(0);
      }
      case LONG_64 -> {
        sregs.setCr0(CR0_PE | CR0_ET | CR0_PG);
        sregs.setCr3(entry.cr3());
        sregs.setCr4(CR4_PAE);
        sregs.setEfer(EFER_LME | EFER_LMA);
      }
    }
  }
}
