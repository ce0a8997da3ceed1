package dev.jvmm.vcpu;

import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.kvm.KvmRegs;
import dev.jvmm.kvm.KvmSregs;
import dev.jvmm.kvm.SegmentRegister;
import dev.jvmm.linux.LinuxException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.Arena;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a vCPU that can't go on, for people: what happened, registers, code bytes.
 *
 * <p>Thread: on the vCPU's own, outside KVM_RUN.
 */
final class CrashDump {

  private static final int CODE_BEFORE = 16;
  private static final int CODE_AFTER = 32;

  private CrashDump() {}

  static String of(Vcpu vcpu, String what, @Nullable Throwable cause) {
    StringBuilder text = new StringBuilder();
    text.append("vCPU with APIC id ").append(vcpu.apicId()).append(": ").append(what).append('\n');
    try (Arena arena = Arena.ofConfined()) {
      KvmRegs regs = KvmRegs.allocate(arena);
      KvmSregs sregs = KvmSregs.allocate(arena);
      vcpu.fd().getRegs(regs);
      vcpu.fd().getSregs(sregs);
      appendRegisters(text, regs);
      appendSystem(text, sregs);
      appendCode(text, vcpu, regs.rip());
    } catch (LinuxException e) {
      text.append("registers can't be read: ").append(e.getMessage()).append('\n');
    }
    if (cause != null) {
      StringWriter trace = new StringWriter();
      cause.printStackTrace(new PrintWriter(trace, true));
      text.append(trace);
    }
    return text.toString().stripTrailing();
  }

  static String hex(byte[] bytes) {
    return HexFormat.ofDelimiter(" ").formatHex(bytes);
  }

  private static void appendRegisters(StringBuilder text, KvmRegs regs) {
    text.append(
        """
        RAX=%016x RBX=%016x RCX=%016x RDX=%016x
        RSI=%016x RDI=%016x RBP=%016x RSP=%016x
        R8 =%016x R9 =%016x R10=%016x R11=%016x
        R12=%016x R13=%016x R14=%016x R15=%016x
        RIP=%016x RFLAGS=%08x
        """
            .formatted(
                regs.rax(),
                regs.rbx(),
                regs.rcx(),
                regs.rdx(),
                regs.rsi(),
                regs.rdi(),
                regs.rbp(),
                regs.rsp(),
                regs.r8(),
                regs.r9(),
                regs.r10(),
                regs.r11(),
                regs.r12(),
                regs.r13(),
                regs.r14(),
                regs.r15(),
                regs.rip(),
                regs.rflags()));
  }

  private static void appendSystem(StringBuilder text, KvmSregs sregs) {
    appendSegment(text, "CS", sregs.segment(KvmSregs.CS));
    appendSegment(text, "SS", sregs.segment(KvmSregs.SS));
    appendSegment(text, "DS", sregs.segment(KvmSregs.DS));
    appendSegment(text, "ES", sregs.segment(KvmSregs.ES));
    appendSegment(text, "FS", sregs.segment(KvmSregs.FS));
    appendSegment(text, "GS", sregs.segment(KvmSregs.GS));
    appendSegment(text, "TR", sregs.segment(KvmSregs.TR));
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

  private static void appendSegment(StringBuilder text, String name, SegmentRegister segment) {
    text.append(
        "%s =%04x base %016x limit %08x flags %05x%n"
            .formatted(
                name, segment.selector(), segment.base(), segment.limit(), segment.accessRights()));
  }

  /** The bytes around RIP, the one that it points at in brackets. */
  private static void appendCode(StringBuilder text, Vcpu vcpu, long rip) {
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
