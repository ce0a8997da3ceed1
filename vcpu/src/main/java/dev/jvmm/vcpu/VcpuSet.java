package dev.jvmm.vcpu;

import dev.jvmm.core.bus.Bus;
import dev.jvmm.core.host.HostVm;
import dev.jvmm.core.vm.GuestRequests;
import dev.jvmm.core.vm.VcpuRegisters;
import dev.jvmm.linux.Signals;
import dev.jvmm.vcpu.cpuid.CpuConfig;
import dev.jvmm.vcpu.cpuid.CpuTopology;
import dev.jvmm.vcpu.cpuid.CpuidPolicy;
import dev.jvmm.vcpu.cpuid.HostCpu;
import java.util.List;

/**
 * All vCPUs of a machine: made together, started, paused and joined together.
 *
 * <p>The first one boots; the others wait in KVM for the INIT and SIPI that the guest sends them.
 *
 * <p>Thread: called by one thread at a time, never a vCPU's; {@link #holdCurrent} on the contrary.
 */
public final class VcpuSet implements AutoCloseable {

  private static final int LAST_XAPIC_ID = 254;

  private final Vcpu[] vcpus;
  private final VcpuThread[] threads;
  private final CpuidPolicy cpuid;

  /**
   * Where exits go.
   *
   * @param machine its name, for recordings
   * @param pio what answers port accesses
   * @param mmio what answers accesses to addresses that are no RAM
   * @param requests who is told what the guest asks of the machine
   */
  public record Sinks(String machine, Bus pio, Bus mmio, GuestRequests requests) {}

  /**
   * Makes the vCPUs; their threads start with {@link #start}.
   *
   * @throws dev.jvmm.core.vm.ConfigException if the host can't have so many, or a CPU like that
   */
  @SuppressWarnings("exports") // HostVm is for machines, who may see it
  public VcpuSet(HostVm vm, CpuConfig cpu, CpuTopology topology, Sinks sinks) {
    Signals.kick(); // installs the handler before there is a thread to kick
    boolean narrow = topology.maxApicId() > LAST_XAPIC_ID && !vm.enableWideApicIds();
    topology.checkHost(vm.kvm().maxVcpus(), narrow ? LAST_XAPIC_ID + 1 : vm.kvm().maxVcpuId());
    int[] apicIds = topology.apicIds();
    vcpus = new Vcpu[apicIds.length];
    threads = new VcpuThread[apicIds.length];
    boolean done = false;
    try {
      for (int i = 0; i < apicIds.length; i++) {
        vcpus[i] = new Vcpu(vm, apicIds[i], i == 0);
        threads[i] = new VcpuThread("vcpu-" + i, vcpus[i], sinks);
      }
      cpuid = CpuidPolicy.of(HostCpu.of(vm.kvm()), cpu, topology);
      for (Vcpu vcpu : vcpus) {
        vcpu.setUp(cpuid.entries(vcpu.apicId()));
      }
      done = true;
    } finally {
      if (!done) {
        closeVcpus();
      }
    }
  }

  /** Sentences for the user's log on what was asked of the CPU and can't be given. */
  public List<String> warnings() {
    return cpuid.warnings();
  }

  /** How many bits of a physical address the guest is told that there are. */
  public int physBits() {
    return cpuid.physBits();
  }

  /** CPUID leaf 1 of the boot processor: EAX in the low half, EDX in the high one. */
  public long signature() {
    return vcpus[0].signature();
  }

  /** How many there are. */
  public int size() {
    return vcpus.length;
  }

  /** Sets the boot processor's registers for what has been loaded; while all stand. */
  public void enter(EntryState entry) {
    vcpus[0].enter(entry);
  }

  /** Starts the threads; the guest does not run before {@link #resume}. */
  public void start() {
    for (VcpuThread thread : threads) {
      thread.start();
    }
  }

  /** Lets every vCPU run. */
  public void resume() {
    for (VcpuThread thread : threads) {
      thread.run();
    }
  }

  /** Returns when every vCPU stands; asks all before it waits for the first. */
  public void pause() {
    for (VcpuThread thread : threads) {
      thread.stand();
    }
    for (VcpuThread thread : threads) {
      thread.awaitStanding();
    }
  }

  /** Tells the guest's kvmclock that it was stopped, so that its watchdogs do not bark. */
  public void clockWasStopped() {
    for (Vcpu vcpu : vcpus) {
      vcpu.clockWasStopped();
    }
  }

  /** Puts every vCPU back to power-on; while all stand. */
  public void reset() {
    for (Vcpu vcpu : vcpus) {
      vcpu.reset();
    }
  }

  /**
   * Where the caller is a vCPU of this set, that one stands once its exit is completed; so a guest
   * that asked to be off does not run on.
   */
  public void holdCurrent() {
    for (VcpuThread thread : threads) {
      if (thread.isCurrent()) {
        thread.holdSelf();
      }
    }
  }

  /** Whether the caller is a vCPU's thread. */
  public boolean onOwnThread() {
    for (VcpuThread thread : threads) {
      if (thread.isCurrent()) {
        return true;
      }
    }
    return false;
  }

  /** The registers of a vCPU, while all stand. */
  public VcpuRegisters registers(int cpu) {
    RegisterDump dump = new RegisterDump(vcpus[cpu]);
    return new VcpuRegisters(
        cpu, dump.values(), ("vCPU " + cpu + ":\n" + dump.text()).stripTrailing());
  }

  /** The Linux thread ids, in the order of the vCPUs; 0 for a thread not started yet. */
  public int[] threadIds() {
    int[] ids = new int[threads.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = threads[i].tid();
    }
    return ids;
  }

  /** How often the guest left to user space so far, all vCPUs together; roughly while they run. */
  public long exits() {
    long sum = 0;
    for (VcpuThread thread : threads) {
      sum += thread.exits();
    }
    return sum;
  }

  /** Ends and joins every thread and closes every vCPU. */
  @Override
  public void close() {
    for (VcpuThread thread : threads) {
      thread.leave();
    }
    for (VcpuThread thread : threads) {
      thread.join();
    }
    closeVcpus();
  }

  private void closeVcpus() {
    for (Vcpu vcpu : vcpus) {
      if (vcpu != null) {
        vcpu.close();
      }
    }
  }
}
