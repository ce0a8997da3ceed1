package dev.jvmm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.jvmm.linux.Errno;
import dev.jvmm.linux.LinuxException;
import dev.jvmm.linux.Mapping;
import dev.jvmm.linux.Signals;
import dev.jvmm.linux.Threads;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * A VM with one vCPU, 64 KiB of RAM at 0 and a few bytes of code at {@value #CODE}.
 *
 * <p>In real mode DS and ES begin at {@value #WINDOW}, where no slot is: what the code reads and
 * writes there is MMIO unless a test puts memory there.
 */
final class TinyGuest implements AutoCloseable {

  static final int RAM_SIZE = 0x10000;
  static final int CODE = 0x1000;
  static final int WINDOW = 0x20000;

  private static final long CR0_PE = 1;
  private static final long CR0_PG = 1L << 31;
  private static final long CR4_PAE = 1 << 5;
  private static final long EFER_LME_LMA = (1 << 8) | (1 << 10);
  private static final long PAGE_PRESENT_WRITABLE = 3;
  private static final long PAGE_LARGE = 1 << 7;
  private static final int PML4 = 0x4000;
  private static final int PDPT = 0x5000;
  private static final int PAGE_DIRECTORY = 0x6000;

  private static final int PATIENCE_SECONDS = 10;
  private static final ScheduledExecutorService WATCHDOG =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("watchdog").factory());

  private final Arena arena = Arena.ofConfined();
  private final VmFd vm;
  private final Mapping memory;
  private final VcpuFd vcpu;

  private TinyGuest(boolean irqchip) {
    try (Kvm kvm = openKvm()) {
      vm = kvm.createVm();
    }
    memory = Mapping.guestRam(RAM_SIZE, 0);
    vm.setUserMemoryRegion(new MemorySlot(0, 0, 0, RAM_SIZE, memory.address()));
    vm.setTssAddress(0xFFFB_D000L);
    vm.setIdentityMapAddress(0xFFFB_C000L);
    if (irqchip) {
      vm.createIrqchip();
    }
    vcpu = vm.createVcpu(0);
  }

  /** KVM, or the test's end with a reason where this machine has none. */
  static Kvm openKvm() {
    try {
      return Kvm.open();
    } catch (LinuxException e) {
      if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENODEV || e.errno() == Errno.EACCES) {
        return Assumptions.abort("no KVM here: " + e.getMessage());
      }
      throw e;
    }
  }

  /** A guest in real mode without interrupt controllers. */
  static TinyGuest realMode(int... code) {
    return new TinyGuest(false).startAt(code);
  }

  static TinyGuest realModeWithIrqchip(int... code) {
    return new TinyGuest(true).startAt(code);
  }

  /** A guest in 64-bit mode, the first 4 MiB mapped one to one, without an IDT. */
  static TinyGuest longMode(int... code) {
    TinyGuest guest = new TinyGuest(false).startAt(code);
    guest.enterLongMode();
    return guest;
  }

  private TinyGuest startAt(int... code) {
    load(CODE, code);
    KvmSregs sregs = sregs();
    SegmentRegister cs = sregs.segment(KvmSregs.CS);
    sregs.setSegment(KvmSregs.CS, new SegmentRegister(0, 0, cs.limit(), cs.accessRights()));
    SegmentRegister ds = sregs.segment(KvmSregs.DS);
    SegmentRegister window =
        new SegmentRegister(WINDOW >> 4, WINDOW, ds.limit(), ds.accessRights());
    sregs.setSegment(KvmSregs.DS, window);
    sregs.setSegment(KvmSregs.ES, window);
    vcpu.setSregs(sregs);
    KvmRegs regs = KvmRegs.allocate(arena);
    regs.setRip(CODE);
    regs.setRsp(0x8000);
    regs.setRflags(2);
    vcpu.setRegs(regs);
    return this;
  }

  private void enterLongMode() {
    ram().set(JAVA_LONG_UNALIGNED, PML4, PDPT | PAGE_PRESENT_WRITABLE);
    ram().set(JAVA_LONG_UNALIGNED, PDPT, PAGE_DIRECTORY | PAGE_PRESENT_WRITABLE);
    ram().set(JAVA_LONG_UNALIGNED, PAGE_DIRECTORY, PAGE_PRESENT_WRITABLE | PAGE_LARGE);
    ram()
        .set(
            JAVA_LONG_UNALIGNED,
            PAGE_DIRECTORY + 8,
            0x20_0000 | PAGE_PRESENT_WRITABLE | PAGE_LARGE);
    KvmSregs sregs = sregs();
    int common = SegmentRegister.S | SegmentRegister.PRESENT | SegmentRegister.G;
    SegmentRegister code =
        new SegmentRegister(8, 0, -1, SegmentRegister.TYPE_CODE | SegmentRegister.L | common);
    SegmentRegister data =
        new SegmentRegister(16, 0, -1, SegmentRegister.TYPE_DATA | SegmentRegister.DB | common);
    sregs.setSegment(KvmSregs.CS, code);
    sregs.setSegment(KvmSregs.SS, data);
    sregs.setSegment(KvmSregs.DS, data);
    sregs.setSegment(KvmSregs.ES, data);
    sregs.setIdt(0, 0);
    sregs.setCr3(PML4);
    sregs.setCr4(CR4_PAE);
    sregs.setCr0(sregs.cr0() | CR0_PE | CR0_PG);
    sregs.setEfer(EFER_LME_LMA);
    vcpu.setSregs(sregs);
  }

  /** Puts bytes into RAM. */
  void load(int gpa, int... bytes) {
    for (int i = 0; i < bytes.length; i++) {
      ram().set(JAVA_BYTE, gpa + i, (byte) bytes[i]);
    }
  }

  VmFd vm() {
    return vm;
  }

  VcpuFd vcpu() {
    return vcpu;
  }

  KvmRun kvmRun() {
    return vcpu.kvmRun();
  }

  MemorySegment ram() {
    return memory.segment();
  }

  KvmRegs regs() {
    KvmRegs regs = KvmRegs.allocate(arena);
    vcpu.getRegs(regs);
    return regs;
  }

  KvmSregs sregs() {
    KvmSregs sregs = KvmSregs.allocate(arena);
    vcpu.getSregs(sregs);
    return sregs;
  }

  /** Zeroed native memory that lives as long as the guest. */
  MemorySegment struct(long sizeBytes) {
    return arena.allocate(sizeBytes, Long.BYTES);
  }

  /**
   * Runs until the guest leaves by itself; answers why. One that stays is kicked out: a failure.
   */
  int runToExit() {
    int thread = Threads.id();
    int signal = Signals.kick();
    Future<?> kick =
        WATCHDOG.schedule(
            () -> {
              kvmRun().setImmediateExit(true);
              Threads.signal(thread, signal);
            },
            PATIENCE_SECONDS,
            TimeUnit.SECONDS);
    try {
      if (vcpu.run() != RunOutcome.EXITED) {
        throw new AssertionError("the guest didn't leave; it is at " + regs().rip());
      }
      return kvmRun().exitReason();
    } finally {
      kick.cancel(false);
    }
  }

  @Override
  public void close() {
    vcpu.close();
    vm.close();
    memory.close();
    arena.close();
  }
}
