package dev.jvmm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A vCPU's general registers ({@code struct kvm_regs}).
 *
 * <p>Thread: confined to whoever made it. Write all of a vCPU's at once, or read them first: there
 * is no way to set one alone.
 */
public final class KvmRegs {

  static final long RAX = 0;
  static final long RBX = 8;
  static final long RCX = 16;
  static final long RDX = 24;
  static final long RSI = 32;
  static final long RDI = 40;
  static final long RSP = 48;
  static final long RBP = 56;
  static final long R8 = 64;
  static final long R9 = 72;
  static final long R10 = 80;
  static final long R11 = 88;
  static final long R12 = 96;
  static final long R13 = 104;
  static final long R14 = 112;
  static final long R15 = 120;
  static final long RIP = 128;
  static final long RFLAGS = 136;
  static final long SIZE = 144;

  private final MemorySegment memory;

  private KvmRegs(MemorySegment memory) {
    this.memory = memory;
  }

  /** All zero, which is no state that a guest can start in: {@link #setRflags} needs bit 1. */
  public static KvmRegs allocate(Arena arena) {
    return new KvmRegs(arena.allocate(SIZE, Long.BYTES));
  }

  /** The struct itself. */
  public MemorySegment memory() {
    return memory;
  }

  public long rax() {
    return memory.get(JAVA_LONG, RAX);
  }

  public void setRax(long value) {
    memory.set(JAVA_LONG, RAX, value);
  }

  public long rbx() {
    return memory.get(JAVA_LONG, RBX);
  }

  public void setRbx(long value) {
    memory.set(JAVA_LONG, RBX, value);
  }

  public long rcx() {
    return memory.get(JAVA_LONG, RCX);
  }

  public void setRcx(long value) {
    memory.set(JAVA_LONG, RCX, value);
  }

  public long rdx() {
    return memory.get(JAVA_LONG, RDX);
  }

  public void setRdx(long value) {
    memory.set(JAVA_LONG, RDX, value);
  }

  public long rsi() {
    return memory.get(JAVA_LONG, RSI);
  }

  public void setRsi(long value) {
    memory.set(JAVA_LONG, RSI, value);
  }

  public long rdi() {
    return memory.get(JAVA_LONG, RDI);
  }

  public void setRdi(long value) {
    memory.set(JAVA_LONG, RDI, value);
  }

  public long rsp() {
    return memory.get(JAVA_LONG, RSP);
  }

  public void setRsp(long value) {
    memory.set(JAVA_LONG, RSP, value);
  }

  public long rbp() {
    return memory.get(JAVA_LONG, RBP);
  }

  public void setRbp(long value) {
    memory.set(JAVA_LONG, RBP, value);
  }

  public long r8() {
    return memory.get(JAVA_LONG, R8);
  }

  public void setR8(long value) {
    memory.set(JAVA_LONG, R8, value);
  }

  public long r9() {
    return memory.get(JAVA_LONG, R9);
  }

  public void setR9(long value) {
    memory.set(JAVA_LONG, R9, value);
  }

  public long r10() {
    return memory.get(JAVA_LONG, R10);
  }

  public void setR10(long value) {
    memory.set(JAVA_LONG, R10, value);
  }

  public long r11() {
    return memory.get(JAVA_LONG, R11);
  }

  public void setR11(long value) {
    memory.set(JAVA_LONG, R11, value);
  }

  public long r12() {
    return memory.get(JAVA_LONG, R12);
  }

  public void setR12(long value) {
    memory.set(JAVA_LONG, R12, value);
  }

  public long r13() {
    return memory.get(JAVA_LONG, R13);
  }

  public void setR13(long value) {
    memory.set(JAVA_LONG, R13, value);
  }

  public long r14() {
    return memory.get(JAVA_LONG, R14);
  }

  public void setR14(long value) {
    memory.set(JAVA_LONG, R14, value);
  }

  public long r15() {
    return memory.get(JAVA_LONG, R15);
  }

  public void setR15(long value) {
    memory.set(JAVA_LONG, R15, value);
  }

  public long rip() {
    return memory.get(JAVA_LONG, RIP);
  }

  public void setRip(long value) {
    memory.set(JAVA_LONG, RIP, value);
  }

  public long rflags() {
    return memory.get(JAVA_LONG, RFLAGS);
  }

  public void setRflags(long value) {
    memory.set(JAVA_LONG, RFLAGS, value);
  }
}
