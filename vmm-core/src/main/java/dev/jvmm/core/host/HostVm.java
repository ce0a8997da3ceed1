package dev.jvmm.core.host;

import dev.jvmm.core.event.Doorbells;
import dev.jvmm.core.irq.IrqLine;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.memory.Region;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.core.vm.Spelling;
import dev.jvmm.kvm.Capability;
import dev.jvmm.kvm.ClockData;
import dev.jvmm.kvm.Kvm;
import dev.jvmm.kvm.MemorySlot;
import dev.jvmm.kvm.VcpuFd;
import dev.jvmm.kvm.VmFd;
import dev.jvmm.linux.Errno;
import dev.jvmm.linux.LinuxException;
import dev.jvmm.linux.Mapping;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A machine as KVM has it: the VM's descriptor, its RAM and its in-kernel interrupt controllers.
 *
 * <p>The order of the calls decides what a VM costs: memory slots before the interrupt controllers
 * (0.4 ms instead of 8 to 12), the timer last.
 *
 * <p>Thread: {@link #irqLine} lines are safe; everything else is called by one thread at a time.
 */
public final class HostVm implements AutoCloseable {

  // Four pages below the BIOS that real-mode emulation on Intel wants; AMD ignores them.
  private static final long IDENTITY_MAP_GPA = 0xFFFB_C000L;
  private static final long TSS_GPA = 0xFFFB_D000L;

  // KVM_X2APIC_API_*
  private static final long USE_32BIT_IDS = 1;
  private static final long DISABLE_BROADCAST_QUIRK = 2;

  private final Kvm kvm;
  private final VmFd vm;
  private final List<Mapping> mappings = new ArrayList<>();
  private final GuestMemory memory;
  private final InterruptControllers controllers;
  private final GsiRouter router;
  private final Doorbells doorbells;
  private final LongAdder lostMessages = new LongAdder();
  private @Nullable ClockData clock; // while it stands
  private @Nullable Aside pit; // null on a machine without

  /**
   * A run of RAM to be.
   *
   * @param gpa where the guest sees it
   * @param sizeBytes how much
   */
  public record Ram(long gpa, long sizeBytes) {}

  private HostVm(Kvm kvm, VmFd vm, List<Ram> ram, boolean preallocated, Spelling asked) {
    this.kvm = kvm;
    this.vm = vm;
    vm.setTssAddress(TSS_GPA);
    vm.setIdentityMapAddress(IDENTITY_MAP_GPA);
    this.memory = map(ram, preallocated, asked);
    boolean done = false;
    try {
      vm.createIrqchip();
      done = true;
    } finally {
      if (!done) {
        mappings.forEach(Mapping::close);
      }
    }
    this.controllers = new InterruptControllers(vm);
    this.router = new GsiRouter(vm);
    this.doorbells = new IoEvents(vm);
  }

  /** As {@link #create(List, boolean, Spelling)}; a refusal names the size in MiB. */
  public static HostVm create(List<Ram> ram, boolean preallocated) {
    long sum = 0;
    for (Ram run : ram) {
      sum += run.sizeBytes();
    }
    return create(ram, preallocated, new Spelling("m", (sum >> 20) + "M"));
  }

  /**
   * Makes a VM with RAM and interrupt controllers.
   *
   * @param preallocated whether every page is made now rather than when the guest touches it
   * @param asked how the user asked for that much
   * @throws ConfigException if KVM can't be used or the host can't map that much
   */
  public static HostVm create(List<Ram> ram, boolean preallocated, Spelling asked) {
    Kvm kvm = KvmDevice.open(KvmDevice.PATH);
    VmFd vm = null;
    HostVm made = null;
    try {
      vm = kvm.createVm();
      made = new HostVm(kvm, vm, ram, preallocated, asked);
      return made;
    } finally {
      if (made == null) {
        if (vm != null) {
          vm.close();
        }
        kvm.close();
      }
    }
  }

  private GuestMemory map(List<Ram> ram, boolean preallocated, Spelling asked) {
    List<Region> regions = new ArrayList<>();
    boolean done = false;
    try {
      for (int slot = 0; slot < ram.size(); slot++) {
        Ram run = ram.get(slot);
        Mapping mapping = Mapping.guestRam(run.sizeBytes(), run.gpa());
        mappings.add(mapping);
        if (preallocated) {
          mapping.populate();
        }
        vm.setUserMemoryRegion(
            new MemorySlot(slot, 0, run.gpa(), run.sizeBytes(), mapping.address()));
        regions.add(new Region(run.gpa(), mapping.segment(), mapping::discard));
      }
      done = true;
    } catch (LinuxException e) {
      throw refused(asked, e);
    } finally {
      if (!done) {
        mappings.forEach(Mapping::close);
      }
    }
    return new GuestMemory(regions);
  }

  private static ConfigException refused(Spelling asked, LinuxException e) {
    String why = e.errno() == Errno.ENOMEM ? "more than this host can map" : e.getMessage();
    return asked.refused(why + "; give less", e);
  }

  /** The guest's RAM; it is unmapped by {@link #close}. */
  public GuestMemory memory() {
    return memory;
  }

  /** A pin of the in-kernel PIC and I/O APIC, by its global system interrupt. */
  public IrqLine irqLine(int gsi) {
    return high -> vm.irqLine(gsi, high);
  }

  /**
   * Sends a message-signalled interrupt. Its address is the guest's: one that is no local APIC's,
   * and what KVM refuses or no CPU takes, is dropped and counted.
   */
  public void signalMsi(long address, int data) {
    if (!LocalApic.isAt(address)) {
      lostMessages.increment();
      return;
    }
    try {
      if (!vm.signalMsi(address, data)) {
        lostMessages.increment();
      }
    } catch (LinuxException e) {
      if (e.errno() != Errno.EPERM && e.errno() != Errno.EINVAL) {
        throw e;
      }
      lostMessages.increment(); // EPERM is KVM's "no such CPU", EINVAL its "no such format"
    }
  }

  /** The table of interrupts, which devices get their vectors from. */
  public GsiRouter router() {
    return router;
  }

  /** Writes of the guest that don't leave the kernel. */
  public Doorbells doorbells() {
    return doorbells;
  }

  /** How many messages reached no CPU. */
  public long lostMessages() {
    return lostMessages.sum();
  }

  /** The interrupt controllers, for a system reset. */
  public InterruptControllers controllers() {
    return controllers;
  }

  /**
   * Begins to make the i8254; last, after the vCPUs. The kernel makes a thread for it, which waits
   * for its turn as every thread does, milliseconds on a busy host: {@link #awaitPit} is the other
   * end, before a vCPU runs.
   */
  public void createPit() {
    // The speaker's dummy, so that the kernel answers port 0x61 too.
    pit = new Aside("jvmm-pit", () -> vm.createPit2(VmFd.PIT_SPEAKER_DUMMY));
    controllers.pitCreated();
  }

  /**
   * Returns when the i8254 is there, at once on a machine without.
   *
   * @throws LinuxException if the host refuses it
   */
  public void awaitPit() {
    if (pit != null) {
      pit.join();
    }
  }

  /** Lets the guest's paravirtual clock stand: it goes on where it is now. */
  public void stopClock() {
    clock = vm.getClock();
  }

  /** Lets the paravirtual clock go on from where {@link #stopClock} left it. */
  public void startClock() {
    ClockData stopped = clock;
    if (stopped != null) {
      vm.setClock(ClockData.at(stopped.clockNanos()));
      clock = null;
    }
  }

  /** KVM itself, for what a vCPU needs to know of the host. */
  @SuppressWarnings("exports") // only for the vcpu module, which reads dev.jvmm.kvm
  public Kvm kvm() {
    return kvm;
  }

  /**
   * Lets APIC ids above 254 be: KVM takes 32 bits of them then, and 255 is no broadcast (KVM API
   * 7.7). Before the first vCPU.
   *
   * @return false where this host's KVM can't
   */
  public boolean enableWideApicIds() {
    if (vm.checkExtension(Capability.X2APIC_API) == 0) {
      return false;
    }
    vm.enableCap(Capability.X2APIC_API, USE_32BIT_IDS | DISABLE_BROADCAST_QUIRK);
    return true;
  }

  /** Makes a vCPU; its id is its APIC id. */
  @SuppressWarnings("exports") // only for the vcpu module, which reads dev.jvmm.kvm
  public VcpuFd createVcpu(int apicId) {
    return vm.createVcpu(apicId);
  }

  /** Gives everything back; after every vCPU and every I/O has ended. */
  @Override
  public void close() {
    if (pit != null) {
      pit.end();
    }
    try {
      router.close();
      vm.close();
    } finally {
      mappings.forEach(Mapping::close);
      kvm.close();
    }
  }
}
