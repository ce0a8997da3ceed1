package dev.jvmm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.jvmm.linux.Errno;
import dev.jvmm.linux.Fd;
import dev.jvmm.linux.LinuxException;
import dev.jvmm.linux.Mapping;
import dev.jvmm.linux.libc.Scratch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A virtual processor as the kernel has it: one method an ioctl (KVM API 4, "vcpu ioctl").
 *
 * <p>Thread: its own, the one that calls {@link #run}. Another's call waits until the guest leaves.
 * Only {@link KvmRun#setImmediateExit} is for others, until {@link #close}.
 *
 * <p>Every method throws {@link LinuxException} if the kernel refuses. State that has no accessors
 * of our own is a native segment laid out as the generated class of that name says; a segment that
 * is too small is an IllegalArgumentException.
 */
public final class VcpuFd implements AutoCloseable {

  static final int GUEST_DEBUG_SIZE = 72;
  static final int TRANSLATION_SIZE = 24;
  static final int XSAVE_SIZE = 4096;
  private static final int DEBUG_REGISTERS = 8;

  // struct kvm_nested_state without what follows it: offsets, then values.
  static final int NESTED_STATE_SIZE = 128;
  private static final long NESTED_FLAGS = 0;
  private static final long NESTED_FORMAT = 2;
  private static final long NESTED_SIZE = 4;
  private static final long NESTED_VMXON_PA = 8;
  private static final long NESTED_VMCS12_PA = 16;
  private static final short NESTED_FORMAT_VMX = 0;
  private static final short NESTED_FORMAT_SVM = 1;
  private static final short NESTED_GIF_SET = 0x100;

  private final Fd fd;
  private final VmFd vm;
  private final Mapping shared;
  private final KvmRun kvmRun;

  private VcpuFd(Fd fd, VmFd vm, Mapping shared) {
    this.fd = fd;
    this.vm = vm;
    this.shared = shared;
    this.kvmRun = new KvmRun(shared.segment());
  }

  static VcpuFd over(Fd fd, VmFd vm, int mmapSize) {
    try {
      return new VcpuFd(fd, vm, Mapping.shared(fd, 0, mmapSize));
    } catch (LinuxException e) {
      fd.close();
      throw e;
    }
  }

  /**
   * Runs the guest until it needs us, or somebody wants us (KVM API 4.10). Compiled, it allocates
   * nothing.
   *
   * <p>Before registers are read after a port or MMIO exit, the access must be completed: run once
   * more with immediate_exit set.
   *
   * @throws LinuxException anything but EINTR and EAGAIN: KVM can't go on with this guest
   */
  public RunOutcome run() {
    long result = Ioctl.raw(fd, Ioctl.KVM_RUN, 0);
    if (result >= 0) {
      return RunOutcome.EXITED;
    }
    return switch ((int) -result) {
      case Errno.EINTR -> RunOutcome.INTERRUPTED;
      case Errno.EAGAIN -> RunOutcome.AGAIN;
      default -> throw new LinuxException("KVM_RUN", fd.name(), (int) -result);
    };
  }

  /** Why it left, and what it wants. */
  public KvmRun kvmRun() {
    return kvmRun;
  }

  // --- Registers

  public void getRegs(KvmRegs regs) {
    Ioctl.call(fd, Ioctl.KVM_GET_REGS, "KVM_GET_REGS", regs.memory());
  }

  public void setRegs(KvmRegs regs) {
    Ioctl.call(fd, Ioctl.KVM_SET_REGS, "KVM_SET_REGS", regs.memory());
  }

  public void getSregs(KvmSregs sregs) {
    Ioctl.call(fd, Ioctl.KVM_GET_SREGS, "KVM_GET_SREGS", sregs.memory());
  }

  public void setSregs(KvmSregs sregs) {
    Ioctl.call(fd, Ioctl.KVM_SET_SREGS, "KVM_SET_SREGS", sregs.memory());
  }

  /** {@code kvm_fpu}, 416 bytes. */
  public void getFpu(MemorySegment fpu) {
    Ioctl.call(fd, Ioctl.KVM_GET_FPU, "KVM_GET_FPU", fpu);
  }

  public void setFpu(MemorySegment fpu) {
    Ioctl.call(fd, Ioctl.KVM_SET_FPU, "KVM_SET_FPU", fpu);
  }

  /** How large its XSAVE state is: 4096 bytes, or more where AMX and the like are enabled. */
  public int xsaveSizeBytes() {
    return Math.max(vm.checkExtension(Capability.XSAVE2), XSAVE_SIZE);
  }

  /** {@code kvm_xsave}, 4096 bytes: the state without AMX (KVM API 4.42). */
  public void getXsave(MemorySegment xsave) {
    Ioctl.call(fd, Ioctl.KVM_GET_XSAVE, "KVM_GET_XSAVE", xsave);
  }

  /**
   * The whole state (KVM API 4.134).
   *
   * @param xsave at least {@link #xsaveSizeBytes}
   */
  public void getXsave2(MemorySegment xsave) {
    // The request's number says 4096 whatever the size is, and the kernel doesn't ask.
    Ioctl.checkSize(xsave, xsaveSizeBytes(), "KVM_GET_XSAVE2");
    Ioctl.call(fd, Ioctl.KVM_GET_XSAVE2, "KVM_GET_XSAVE2", xsave);
  }

  /** What {@link #getXsave} or {@link #getXsave2} gave, in {@link #xsaveSizeBytes} bytes. */
  public void setXsave(MemorySegment xsave) {
    Ioctl.checkSize(xsave, xsaveSizeBytes(), "KVM_SET_XSAVE");
    Ioctl.call(fd, Ioctl.KVM_SET_XSAVE, "KVM_SET_XSAVE", xsave);
  }

  /** {@code kvm_xcrs}, 392 bytes. */
  public void getXcrs(MemorySegment xcrs) {
    Ioctl.call(fd, Ioctl.KVM_GET_XCRS, "KVM_GET_XCRS", xcrs);
  }

  public void setXcrs(MemorySegment xcrs) {
    Ioctl.call(fd, Ioctl.KVM_SET_XCRS, "KVM_SET_XCRS", xcrs);
  }

  /** {@code kvm_debugregs}, 128 bytes. */
  public void getDebugregs(MemorySegment debugregs) {
    Ioctl.call(fd, Ioctl.KVM_GET_DEBUGREGS, "KVM_GET_DEBUGREGS", debugregs);
  }

  public void setDebugregs(MemorySegment debugregs) {
    Ioctl.call(fd, Ioctl.KVM_SET_DEBUGREGS, "KVM_SET_DEBUGREGS", debugregs);
  }

  /**
   * Reads MSRs (KVM API 4.18).
   *
   * @param values takes a value for each
   * @return how many it read: the first that KVM refuses ends the list
   */
  public int getMsrs(int[] indices, long[] values) {
    return MsrBlock.get(fd, indices, values);
  }

  /**
   * Writes MSRs in order (KVM API 4.19).
   *
   * @return how many it wrote: the first that KVM refuses ends the list
   */
  public int setMsrs(int[] indices, long[] values) {
    return MsrBlock.set(fd, indices, values);
  }

  // --- What kind of processor it is

  /** Sets all leaves; before the first {@link #run}, and before MSRs that depend on them. */
  public void setCpuid2(List<CpuidEntry> entries) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment table = CpuidTable.of(arena, entries).memory();
      Ioctl.call(fd, Ioctl.KVM_SET_CPUID2, "KVM_SET_CPUID2", table);
    }
  }

  /** The leaves as the guest sees them now. */
  public List<CpuidEntry> getCpuid2() {
    try (Arena arena = Arena.ofConfined()) {
      CpuidTable table = CpuidTable.allocate(arena, CpuidTable.USUAL_ENTRIES);
      Ioctl.call(fd, Ioctl.KVM_GET_CPUID2, "KVM_GET_CPUID2", table.memory());
      return table.entries();
    }
  }

  /** How fast the guest's TSC counts, in kHz. */
  public int tscKhz() {
    return (int) Ioctl.call(fd, Ioctl.KVM_GET_TSC_KHZ, "KVM_GET_TSC_KHZ", 0);
  }

  /** Makes the guest's TSC count at another speed, where the host can. */
  public void setTscKhz(int kiloHertz) {
    Ioctl.call(fd, Ioctl.KVM_SET_TSC_KHZ, "KVM_SET_TSC_KHZ", kiloHertz);
  }

  // --- Interrupts and life

  /** {@code kvm_lapic_state}, 1024 bytes; with an irqchip in the kernel. */
  public void getLapic(MemorySegment lapic) {
    Ioctl.call(fd, Ioctl.KVM_GET_LAPIC, "KVM_GET_LAPIC", lapic);
  }

  public void setLapic(MemorySegment lapic) {
    Ioctl.call(fd, Ioctl.KVM_SET_LAPIC, "KVM_SET_LAPIC", lapic);
  }

  /** One of {@link MpState}; with an irqchip in the kernel. */
  public int mpState() {
    MemorySegment state = Scratch.current().memory();
    Ioctl.call(fd, Ioctl.KVM_GET_MP_STATE, "KVM_GET_MP_STATE", state);
    return state.get(JAVA_INT, 0);
  }

  public void setMpState(int mpState) {
    MemorySegment state = Scratch.current().memory();
    state.set(JAVA_INT, 0, mpState);
    Ioctl.call(fd, Ioctl.KVM_SET_MP_STATE, "KVM_SET_MP_STATE", state);
  }

  /** {@code kvm_vcpu_events}, 64 bytes. */
  public void getVcpuEvents(MemorySegment events) {
    Ioctl.call(fd, Ioctl.KVM_GET_VCPU_EVENTS, "KVM_GET_VCPU_EVENTS", events);
  }

  public void setVcpuEvents(MemorySegment events) {
    Ioctl.call(fd, Ioctl.KVM_SET_VCPU_EVENTS, "KVM_SET_VCPU_EVENTS", events);
  }

  /** A non-maskable interrupt (KVM API 4.64). */
  public void nmi() {
    Ioctl.call(fd, Ioctl.KVM_NMI, "KVM_NMI", 0);
  }

  /** An interrupt with this vector, at once; only without an irqchip in the kernel. */
  public void interrupt(int vector) {
    MemorySegment interrupt = Scratch.current().memory();
    interrupt.set(JAVA_INT, 0, vector);
    Ioctl.call(fd, Ioctl.KVM_INTERRUPT, "KVM_INTERRUPT", interrupt);
  }

  /**
   * Tells the guest's watchdogs that it stood still (KVM API 4.61).
   *
   * @return false if this guest has no kvmclock to tell it by
   */
  public boolean kvmclockCtrl() {
    long result = Ioctl.raw(fd, Ioctl.KVM_KVMCLOCK_CTRL, 0);
    if (result == -Errno.EINVAL) {
      return false;
    }
    LinuxException.check(result, "KVM_KVMCLOCK_CTRL", fd.name());
    return true;
  }

  /**
   * Ends whatever the guest was doing as a hypervisor: no VMXON, no VMCS, no guest of its own, GIF
   * set (KVM API 4.115). Only where {@link Capability#NESTED_STATE} is there; nothing where the
   * guest's CPU can't be one.
   *
   * @return whether KVM has taken it
   */
  public boolean leaveNested() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(NESTED_STATE_SIZE, Long.BYTES);
      state.set(JAVA_INT, NESTED_SIZE, NESTED_STATE_SIZE);
      state.set(JAVA_SHORT, NESTED_FORMAT, NESTED_FORMAT_VMX);
      state.set(JAVA_LONG, NESTED_VMXON_PA, -1);
      state.set(JAVA_LONG, NESTED_VMCS12_PA, -1);
      if (Ioctl.raw(fd, Ioctl.KVM_SET_NESTED_STATE, state.address()) == 0) {
        return true;
      }
      state.fill((byte) 0); // then this KVM is of the other make
      state.set(JAVA_SHORT, NESTED_FLAGS, NESTED_GIF_SET);
      state.set(JAVA_INT, NESTED_SIZE, NESTED_STATE_SIZE);
      state.set(JAVA_SHORT, NESTED_FORMAT, NESTED_FORMAT_SVM);
      return Ioctl.raw(fd, Ioctl.KVM_SET_NESTED_STATE, state.address()) == 0;
    }
  }

  /**
   * Breakpoints and single steps that leave to user space (KVM API 4.87).
   *
   * @param control bits of {@link GuestDebug}; 0 switches all off
   * @param debugRegisters DR0 to DR7 as they are in force with HARDWARE_BREAKPOINTS, at most 8
   */
  public void setGuestDebug(int control, long... debugRegisters) {
    if (debugRegisters.length > DEBUG_REGISTERS) {
      throw new IllegalArgumentException(debugRegisters.length + " debug registers");
    }
    MemorySegment debug = Scratch.current().cleared(GUEST_DEBUG_SIZE);
    debug.set(JAVA_INT, 0, control);
    MemorySegment.copy(debugRegisters, 0, debug, JAVA_LONG, 8, debugRegisters.length);
    Ioctl.call(fd, Ioctl.KVM_SET_GUEST_DEBUG, "KVM_SET_GUEST_DEBUG", debug);
  }

  /**
   * Where the guest's page tables take a virtual address.
   *
   * @return the guest-physical address, or -1 if it isn't mapped
   */
  public long translate(long virtualAddress) {
    MemorySegment translation = Scratch.current().cleared(TRANSLATION_SIZE);
    translation.set(JAVA_LONG, 0, virtualAddress);
    Ioctl.call(fd, Ioctl.KVM_TRANSLATE, "KVM_TRANSLATE", translation);
    boolean valid = translation.get(JAVA_BYTE, 16) != 0;
    return valid ? translation.get(JAVA_LONG, 8) : -1;
  }

  /** Switches on a capability that is a vCPU's own. */
  public void enableCap(Capability capability, long... arguments) {
    VmFd.enableCap(fd, capability, arguments);
  }

  /** Ends it. After {@link #kvmRun}'s last use by anyone: from now on that throws. */
  @Override
  public void close() {
    try {
      shared.close();
    } finally {
      fd.close();
    }
  }
}
