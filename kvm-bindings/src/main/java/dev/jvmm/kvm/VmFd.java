package dev.jvmm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.jvmm.linux.EventFd;
import dev.jvmm.linux.Fd;
import dev.jvmm.linux.libc.Scratch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A virtual machine as the kernel has it: one method an ioctl (KVM API 4, "vm ioctl").
 *
 * <p>Thread: safe, as the kernel is. Every method throws {@link dev.jvmm.linux.LinuxException} if
 * the kernel refuses.
 *
 * <p>The order decides what a VM costs: memory slots first, the irqchip after them, the PIT last;
 * slots added after the irqchip cost milliseconds. Close the vCPUs before it: the kernel frees a VM
 * when its last descriptor is closed.
 */
public final class VmFd implements AutoCloseable {

  static final int MEMORY_REGION_SIZE = 32;
  static final int IRQ_LEVEL_SIZE = 8;
  static final int IRQFD_SIZE = 32;
  static final int IOEVENTFD_SIZE = 64;
  static final int MSI_SIZE = 32;
  static final int PIT_CONFIG_SIZE = 64;
  static final int REINJECT_CONTROL_SIZE = 32;
  static final int CLOCK_SIZE = 48;
  static final int DIRTY_LOG_SIZE = 16;
  static final int ENABLE_CAP_SIZE = 104;
  static final int ROUTING_HEADER_SIZE = 8;
  static final int ROUTING_ENTRY_SIZE = 48;

  static final int ROUTING_IRQCHIP = 1;
  static final int ROUTING_MSI = 2;
  static final int IRQFD_DEASSIGN = 1;
  static final int IRQFD_RESAMPLE = 2;
  static final int IOEVENTFD_DATAMATCH = 1;
  static final int IOEVENTFD_PIO = 2;
  static final int IOEVENTFD_DEASSIGN = 4;

  /** {@link #createPit2}'s flag: port 0x61 is the kernel's too, though it makes no sound. */
  public static final int PIT_SPEAKER_DUMMY = 1;

  private final Fd fd;
  private final int vcpuMmapSize;

  VmFd(Fd fd, int vcpuMmapSize) {
    this.fd = fd;
    this.vcpuMmapSize = vcpuMmapSize;
  }

  /** What this VM says to a capability; it may differ from what {@link Kvm} said. */
  public int checkExtension(Capability capability) {
    return Kvm.checkExtension(fd, capability);
  }

  /**
   * A new vCPU, in the state that a processor has after power-on.
   *
   * @param id its APIC id, below {@link Kvm#maxVcpuId}; EEXIST if there is one already
   */
  public VcpuFd createVcpu(int id) {
    long vcpu = Ioctl.call(fd, Ioctl.KVM_CREATE_VCPU, "KVM_CREATE_VCPU", id);
    String name = "vcpu ".concat(Integer.toString(id));
    return VcpuFd.over(Fd.adopt((int) vcpu, name), this, vcpuMmapSize);
  }

  // --- Memory

  /** Adds, changes or, with size 0, removes memory (KVM API 4.35). */
  public void setUserMemoryRegion(MemorySlot slot) {
    MemorySegment region = Scratch.current().memory();
    region.set(JAVA_INT, 0, slot.slot());
    region.set(JAVA_INT, 4, slot.flags());
    region.set(JAVA_LONG, 8, slot.gpa());
    region.set(JAVA_LONG, 16, slot.sizeBytes());
    region.set(JAVA_LONG, 24, slot.hva());
    Ioctl.call(fd, Ioctl.KVM_SET_USER_MEMORY_REGION, "KVM_SET_USER_MEMORY_REGION", region);
  }

  /**
   * Takes the record of pages that were written since the last call (KVM API 4.8).
   *
   * @param slot one with {@link MemorySlot#LOG_DIRTY_PAGES}
   * @param bitmap one bit a page, in 64-bit words; must cover the slot
   */
  public void dirtyLog(int slot, MemorySegment bitmap) {
    Ioctl.checkSize(bitmap, Long.BYTES, "KVM_GET_DIRTY_LOG");
    MemorySegment log = Scratch.current().memory();
    log.set(JAVA_INT, 0, slot);
    log.set(JAVA_INT, 4, 0);
    log.set(JAVA_LONG, 8, bitmap.address());
    Ioctl.call(fd, Ioctl.KVM_GET_DIRTY_LOG, "KVM_GET_DIRTY_LOG", log);
  }

  /** Three pages below 4 GiB that no slot covers, for Intel's real mode (KVM API 4.36). */
  public void setTssAddress(long gpa) {
    Ioctl.call(fd, Ioctl.KVM_SET_TSS_ADDR, "KVM_SET_TSS_ADDR", gpa);
  }

  /** One page below 4 GiB that no slot covers; before the first vCPU (KVM API 4.41). */
  public void setIdentityMapAddress(long gpa) {
    MemorySegment address = Scratch.current().memory();
    address.set(JAVA_LONG, 0, gpa);
    Ioctl.call(fd, Ioctl.KVM_SET_IDENTITY_MAP_ADDR, "KVM_SET_IDENTITY_MAP_ADDR", address);
  }

  // --- Interrupts

  /** PICs, I/O APIC and a local APIC a vCPU in the kernel; before the first vCPU (KVM API 4.24). */
  public void createIrqchip() {
    Ioctl.call(fd, Ioctl.KVM_CREATE_IRQCHIP, "KVM_CREATE_IRQCHIP", 0);
  }

  /**
   * An i8254 in the kernel, on GSI 0 (KVM API 4.71).
   *
   * @param flags {@link #PIT_SPEAKER_DUMMY} or 0
   */
  public void createPit2(int flags) {
    MemorySegment config = Scratch.current().cleared(PIT_CONFIG_SIZE);
    config.set(JAVA_INT, 0, flags);
    Ioctl.call(fd, Ioctl.KVM_CREATE_PIT2, "KVM_CREATE_PIT2", config);
  }

  /** Whether the PIT's ticks that came too fast for the guest are given to it later. */
  public void setPitReinject(boolean reinject) {
    MemorySegment control = Scratch.current().cleared(REINJECT_CONTROL_SIZE);
    control.set(JAVA_BYTE, 0, (byte) (reinject ? 1 : 0));
    // Its number says nothing of the struct, so the address goes as it is.
    Ioctl.call(fd, Ioctl.KVM_REINJECT_CONTROL, "KVM_REINJECT_CONTROL", control.address());
  }

  /** Sets the level of a line of the irqchip (KVM API 4.25). */
  public void irqLine(int gsi, boolean high) {
    MemorySegment level = Scratch.current().memory();
    level.set(JAVA_INT, 0, gsi);
    level.set(JAVA_INT, 4, high ? 1 : 0);
    Ioctl.call(fd, Ioctl.KVM_IRQ_LINE, "KVM_IRQ_LINE", level);
  }

  /** Replaces the whole table of routes, those of PIC and I/O APIC too (KVM API 4.52). */
  public void setGsiRouting(List<GsiRoute> routes) {
    try (Arena arena = Arena.ofConfined()) {
      long size = ROUTING_HEADER_SIZE + (long) ROUTING_ENTRY_SIZE * routes.size();
      MemorySegment table = arena.allocate(size, Long.BYTES);
      table.set(JAVA_INT, 0, routes.size());
      long offset = ROUTING_HEADER_SIZE;
      for (GsiRoute route : routes) {
        write(route, table.asSlice(offset, ROUTING_ENTRY_SIZE));
        offset += ROUTING_ENTRY_SIZE;
      }
      Ioctl.call(fd, Ioctl.KVM_SET_GSI_ROUTING, "KVM_SET_GSI_ROUTING", table);
    }
  }

  private static void write(GsiRoute route, MemorySegment entry) {
    entry.set(JAVA_INT, 0, route.gsi());
    // No pattern switch: its bootstrap would cost milliseconds of every start.
    if (route instanceof GsiRoute.Pin pin) {
      entry.set(JAVA_INT, 4, ROUTING_IRQCHIP);
      entry.set(JAVA_INT, 16, pin.irqchip());
      entry.set(JAVA_INT, 20, pin.pin());
    } else if (route instanceof GsiRoute.Msi msi) {
      entry.set(JAVA_INT, 4, ROUTING_MSI);
      entry.set(JAVA_INT, 16, (int) msi.address());
      entry.set(JAVA_INT, 20, (int) (msi.address() >>> Integer.SIZE));
      entry.set(JAVA_INT, 24, msi.data());
    }
  }

  /** From now on a signal of the eventfd is an edge of the interrupt (KVM API 4.75). */
  public void irqfd(EventFd eventFd, int gsi) {
    irqfd(eventFd.fd().number(), gsi, 0, 0);
  }

  /**
   * A level-triggered interrupt: a signal raises the line.
   *
   * @param resample signalled when the guest has handled the interrupt and KVM has lowered the line
   */
  public void irqfd(EventFd eventFd, int gsi, EventFd resample) {
    irqfd(eventFd.fd().number(), gsi, IRQFD_RESAMPLE, resample.fd().number());
  }

  /** Ends what {@link #irqfd} began. Closing the eventfd ends it as well, a little later. */
  public void removeIrqfd(EventFd eventFd, int gsi) {
    irqfd(eventFd.fd().number(), gsi, IRQFD_DEASSIGN, 0);
  }

  private void irqfd(int eventFd, int gsi, int flags, int resample) {
    MemorySegment irqfd = Scratch.current().cleared(IRQFD_SIZE);
    irqfd.set(JAVA_INT, 0, eventFd);
    irqfd.set(JAVA_INT, 4, gsi);
    irqfd.set(JAVA_INT, 8, flags);
    irqfd.set(JAVA_INT, 12, resample);
    Ioctl.call(fd, Ioctl.KVM_IRQFD, "KVM_IRQFD", irqfd);
  }

  /** From now on such a write signals the eventfd and doesn't exit (KVM API 4.59). */
  public void ioeventfd(IoEventFd event) {
    ioeventfd(event, 0);
  }

  /** Ends what {@link #ioeventfd} began; the same in every component. */
  public void removeIoeventfd(IoEventFd event) {
    ioeventfd(event, IOEVENTFD_DEASSIGN);
  }

  private void ioeventfd(IoEventFd event, int moreFlags) {
    int flags =
        moreFlags
            | (event.port() ? IOEVENTFD_PIO : 0)
            | (event.dataMatch().isPresent() ? IOEVENTFD_DATAMATCH : 0);
    MemorySegment struct = Scratch.current().cleared(IOEVENTFD_SIZE);
    struct.set(JAVA_LONG, 0, event.dataMatch().orElse(0));
    struct.set(JAVA_LONG, 8, event.address());
    struct.set(JAVA_INT, 16, event.lengthBytes());
    struct.set(JAVA_INT, 20, event.eventFd().fd().number());
    struct.set(JAVA_INT, 24, flags);
    Ioctl.call(fd, Ioctl.KVM_IOEVENTFD, "KVM_IOEVENTFD", struct);
  }

  /**
   * Sends a message-signalled interrupt (KVM API 4.70).
   *
   * @return whether a vCPU took it; false if the guest has masked it
   */
  public boolean signalMsi(long address, int data) {
    MemorySegment msi = Scratch.current().cleared(MSI_SIZE);
    msi.set(JAVA_INT, 0, (int) address);
    msi.set(JAVA_INT, 4, (int) (address >>> Integer.SIZE));
    msi.set(JAVA_INT, 8, data);
    return Ioctl.call(fd, Ioctl.KVM_SIGNAL_MSI, "KVM_SIGNAL_MSI", msi) > 0;
  }

  // --- State

  /**
   * Reads an interrupt controller (KVM API 4.26).
   *
   * @param irqchip one of {@link GsiRoute#PIC_MASTER} and its like
   * @param state takes a {@code kvm_irqchip}, 520 bytes
   */
  public void getIrqchip(int irqchip, MemorySegment state) {
    state.set(JAVA_INT, 0, irqchip);
    Ioctl.call(fd, Ioctl.KVM_GET_IRQCHIP, "KVM_GET_IRQCHIP", state);
  }

  /** Writes the interrupt controller that the {@code kvm_irqchip} names. */
  public void setIrqchip(MemorySegment state) {
    Ioctl.call(fd, Ioctl.KVM_SET_IRQCHIP, "KVM_SET_IRQCHIP", state);
  }

  /** Reads the PIT into a {@code kvm_pit_state2}, 112 bytes. */
  public void getPit2(MemorySegment state) {
    Ioctl.call(fd, Ioctl.KVM_GET_PIT2, "KVM_GET_PIT2", state);
  }

  public void setPit2(MemorySegment state) {
    Ioctl.call(fd, Ioctl.KVM_SET_PIT2, "KVM_SET_PIT2", state);
  }

  /** The guest's kvmclock now (KVM API 4.29). */
  public ClockData getClock() {
    MemorySegment clock = Scratch.current().cleared(CLOCK_SIZE);
    Ioctl.call(fd, Ioctl.KVM_GET_CLOCK, "KVM_GET_CLOCK", clock);
    return new ClockData(
        clock.get(JAVA_LONG, 0),
        clock.get(JAVA_INT, 8),
        clock.get(JAVA_LONG, 16),
        clock.get(JAVA_LONG, 24));
  }

  /** Sets the guest's kvmclock (KVM API 4.30); {@link ClockData#TSC_STABLE} must not be set. */
  public void setClock(ClockData data) {
    MemorySegment clock = Scratch.current().cleared(CLOCK_SIZE);
    clock.set(JAVA_LONG, 0, data.clockNanos());
    clock.set(JAVA_INT, 8, data.flags());
    clock.set(JAVA_LONG, 16, data.realtimeNanos());
    clock.set(JAVA_LONG, 24, data.hostTsc());
    Ioctl.call(fd, Ioctl.KVM_SET_CLOCK, "KVM_SET_CLOCK", clock);
  }

  /**
   * Switches a capability on (KVM API 4.37, 7).
   *
   * @param arguments as the capability documents them, at most 4
   */
  public void enableCap(Capability capability, long... arguments) {
    enableCap(fd, capability, arguments);
  }

  static void enableCap(Fd fd, Capability capability, long... arguments) {
    MemorySegment cap = Scratch.current().cleared(ENABLE_CAP_SIZE);
    cap.set(JAVA_INT, 0, capability.number());
    MemorySegment.copy(arguments, 0, cap.asSlice(8, 32), JAVA_LONG, 0, arguments.length);
    Ioctl.call(fd, Ioctl.KVM_ENABLE_CAP, "KVM_ENABLE_CAP", cap);
  }

  @Override
  public void close() {
    fd.close();
  }
}
