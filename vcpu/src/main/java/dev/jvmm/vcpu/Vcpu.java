package dev.jvmm.vcpu;

import dev.jvmm.core.host.HostVm;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.kvm.Capability;
import dev.jvmm.kvm.CpuidEntry;
import dev.jvmm.kvm.KvmRun;
import dev.jvmm.kvm.VcpuFd;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One vCPU: its descriptor and the state that we give it.
 *
 * <p>Thread: the state is set while the vCPU stands, by one thread at a time; {@link #run} is
 * shared for {@code immediate_exit} alone.
 */
final class Vcpu implements ExitDispatcher.Dump, AutoCloseable {

  private static final int LEAF_1_ECX_XSAVE = 1 << 26;
  private static final int LEAF_PERFORMANCE = 0xA;

  private final VcpuFd fd;
  private final HostVm vm;
  private final int apicId;
  private final boolean boots;
  private long signature;
  private boolean hasXsave;
  private int counters;

  /** Makes it; KVM wants {@link #setUp} before it runs. */
  Vcpu(HostVm vm, int apicId, boolean boots) {
    this.fd = vm.createVcpu(apicId);
    this.vm = vm;
    this.apicId = apicId;
    this.boots = boots;
  }

  /** Sets what CPUID answers, then the registers that firmware would have left. */
  void setUp(List<CpuidEntry> cpuid) {
    fd.setCpuid2(cpuid); // before the MSRs: some depend on it (Linux 6.13)
    MsrTable.setEach(fd, MsrTable.boot());
    for (int i = 0; i < cpuid.size(); i++) {
      CpuidEntry leaf = cpuid.get(i);
      if (leaf.function() == 1) {
        signature = Integer.toUnsignedLong(leaf.eax()) | (long) leaf.edx() << 32;
        hasXsave = (leaf.ecx() & LEAF_1_ECX_XSAVE) != 0;
      } else if (leaf.function() == LEAF_PERFORMANCE) {
        counters = (leaf.eax() >>> 8) & 0xFF;
      }
    }
  }

  VcpuFd fd() {
    return fd;
  }

  KvmRun run() {
    return fd.kvmRun();
  }

  int apicId() {
    return apicId;
  }

  /** CPUID leaf 1: EAX in the low half, EDX in the high one. */
  long signature() {
    return signature;
  }

  GuestMemory memory() {
    return vm.memory();
  }

  void enter(EntryState entry) {
    EntryRegisters.set(fd, entry);
  }

  void reset() {
    PowerOnState.Kind kind =
        new PowerOnState.Kind((int) signature, hasXsave, counters, apicId, boots);
    PowerOnState.set(fd, kind, vm.kvm().checkExtension(Capability.NESTED_STATE) != 0);
  }

  void clockWasStopped() {
    fd.kvmclockCtrl(); // false where the guest has no kvmclock
  }

  @Override
  public String of(String what, @Nullable Throwable cause) {
    return CrashDump.of(this, what, cause);
  }

  @Override
  public void close() {
    fd.close();
  }
}
