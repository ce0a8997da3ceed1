package dev.jvmm.vcpu;

import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.kvm.KvmRegs;
import dev.jvmm.kvm.KvmSregs;
import dev.jvmm.kvm.SegmentRegister;
import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The registers of a vCPU at one moment, by their names and for people.
 *
 * <p>Thread: made while the vCPU stands, or on its own thread outside KVM_RUN; immutable then.
 */
final class RegisterDump {

  private static final int CODE_BEFORE = 16;
  private static final int CODE_AFTER = 32;

  private static final String[] SEGMENTS = {"cs", "ss", "ds", "es", "fs", "gs", "tr"};
  private static final long[] SEGMENT_OFFSETS = {
    KvmSregs.CS, KvmSregs.SS, KvmSregs.DS, KvmSregs.ES, KvmSregs.FS, KvmSregs.GS, KvmSregs.TR
  };

  private final Map<String, Long> values = new LinkedHashMap<>();
  private final StringBuilder text = new StringBuilder();

  /**
   * Reads them.
   *
   * @throws dev.jvmm.linux.LinuxException if KVM does not tell
   */
  RegisterDump(Vcpu vcpu) {
    try (Arena arena = Arena.ofConfined()) {
      KvmRegs regs = KvmRegs.allocate(arena);
      KvmSregs sregs = KvmSregs.allocate(arena);
      vcpu.fd().getRegs(regs);
      vcpu.fd().getSregs(sregs);
      general(regs);
      system(sregs);
      code(vcpu, regs.rip());
    }
  }

  /** By their names, in the order of the manuals. */
  Map<String, Long> values() {
    return values;
  }

  /** Several lines, the last one ended. */
  String text() {
    return text.toString();
  }

  private void general(KvmRegs regs) {
    values.put("rax", regs.rax());
    values.put("rbx", regs.rbx());
    values.put("rcx", regs.rcx());
    values.put("rdx", regs.rdx());
    values.put("rsi", regs.rsi());
    values.put("rdi", regs.rdi());
    values.put("rbp", regs.rbp());
    values.put("rsp", regs.rsp());
    values.put("r8", regs.r8());
    values.put("r9", regs.r9());
    values.put("r10", regs.r10());
    values.put("r11", regs.r11());
    values.put("r12", regs.r12());
    values.put("r13", regs.r13());
    values.put("r14", regs.r14());
    values.put("r15", regs.r15());
    text.append(
        """
        RAX=%016x RBX=%016x RCX=%016x RDX=%016x
        RSI=%016x RDI=%016x RBP=%016x RSP=%016x
        R8 =%016x R9 =%016x R10=%016x R11=%016x
        R12=%016x R13=%016x R14=%016x R15=%016x
        """
            .formatted(values.values().toArray()));
    values.put("rip", regs.rip());
    values.put("rflags", regs.rflags());
    text.append("RIP=%016x RFLAGS=%08x\n".formatted(regs.rip(), regs.rflags()));
  }

  private void system(KvmSregs sregs) {
    for (int i = 0; i < SEGMENTS.length; i++) {
      segment(SEGMENTS[i], sregs.segment(SEGMENT_OFFSETS[i]));
    }
    values.put("gdt_base", sregs.gdtBase());
    values.put("idt_base", sregs.idtBase());
    values.put("cr0", sregs.cr0());
    values.put("cr2", sregs.cr2());
    values.put("cr3", sregs.cr3());
    values.put("cr4", sregs.cr4());
    values.put("efer", sregs.efer());
    values.put("apic_base", sregs.apicBase());
    text.append(
        """
        GDT=%016x %08x IDT=%016x %08x
        CR0=%08x CR2=%016x CR3=%016x CR4=%08x EFER=%x APIC_BASE=%x
        """
            .formatted(
                sregs.gdtBase(),
                sregs.gdtLimit(),
                sregs.idtBase(),
                sregs.idtLimit(),
                sregs.cr0(),
                sregs.cr2(),
                sregs.cr3(),
                sregs.cr4(),
                sregs.efer(),
                sregs.apicBase()));
  }

  private void segment(String name, SegmentRegister segment) {
    values.put(name, (long) segment.selector());
    values.put(name + "_base", segment.base());
    text.append(
        "%S =%04x base %016x limit %08x flags %05x%n"
            .formatted(
                name, segment.selector(), segment.base(), segment.limit(), segment.accessRights()));
  }

  /** The bytes around RIP, the one that it points at in brackets. */
  private void code(Vcpu vcpu, long rip) {
    long gpa = vcpu.fd().translate(rip);
    GuestMemory memory = vcpu.memory();
    StringBuilder code = new StringBuilder();
    byte[] one = new byte[1];
    for (long at = gpa - CODE_BEFORE; gpa >= 0 && at < gpa + CODE_AFTER; at++) {
      if (memory.read(at, one)) {
        code.append((at == gpa ? " [%02x]" : " %02x").formatted(one[0]));
      }
    }
    text.append("code:").append(code.isEmpty() ? " not in RAM" : code).append('\n');
  }
}
