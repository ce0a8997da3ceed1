package dev.jvmm.linux.vhost;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.jvmm.linux.EventFd;
import dev.jvmm.linux.Fd;
import dev.jvmm.linux.LinuxException;
import dev.jvmm.linux.OpenFlags;
import dev.jvmm.linux.libc.Libc;
import dev.jvmm.linux.libc.Scratch;
import dev.jvmm.linux.libc.SystemCall;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A device of the kernel's that works on a guest's queues in our place (linux/vhost.h).
 *
 * <p>Thread: safe, as {@link Fd} is; the kernel serializes. The {@code try} methods answer a value
 * or {@code -errno}, never {@code -EINTR}.
 */
public final class Vhost implements AutoCloseable {

  /** The device for networks. */
  public static final String NET = "/dev/vhost-net";

  /** The device for sockets between guest and host. */
  public static final String VSOCK = "/dev/vhost-vsock";

  /** Every write into the guest's memory is logged (VHOST_F_LOG_ALL). */
  public static final long LOG_ALL = 1L << 26;

  /** The kernel adds and removes the guest's frame headers (VHOST_NET_F_VIRTIO_NET_HDR). */
  public static final long NET_VIRTIO_NET_HDR = 1L << 27;

  /** The most runs of memory that the kernel takes (vhost's max_mem_regions). */
  public static final int MAX_RANGES = 64;

  private static final int UNBIND = -1;
  private static final int VRING_F_LOG = 1;

  // struct vhost_vring_state and vhost_vring_file, vhost_vring_addr, vhost_memory with its regions.
  static final int STATE_BYTES = 8;
  static final int STATE_NUMBER = 4;
  static final int ADDR_BYTES = 40;
  static final int ADDR_FLAGS = 4;
  static final int ADDR_DESC = 8;
  static final int ADDR_USED = 16;
  static final int ADDR_AVAIL = 24;
  static final int ADDR_LOG = 32;
  static final int MEMORY_BYTES = 8;
  static final int REGION_BYTES = 32;
  static final int REGION_SIZE = 8;
  static final int REGION_HVA = 16;

  private final Fd fd;

  private Vhost(Fd fd) {
    this.fd = fd;
  }

  /**
   * Opens a device.
   *
   * @param path {@link #NET} or {@link #VSOCK}
   * @throws LinuxException open: ENOENT or ENODEV without the kernel's module, EACCES
   */
  public static Vhost open(String path) {
    return new Vhost(Fd.open(path, OpenFlags.RDWR, 0));
  }

  /** Takes over a descriptor that somebody else has opened. */
  public static Vhost adopt(Fd fd) {
    return new Vhost(fd);
  }

  /** What messages call it. */
  public String name() {
    return fd.name();
  }

  /** The features that the kernel has; virtio's bits, and two of vhost's own. */
  public long tryFeatures() {
    MemorySegment memory = Scratch.current().memory();
    long result = call(VhostRequest.GET_FEATURES, memory.address());
    return result < 0 ? result : memory.get(JAVA_LONG, 0);
  }

  /** The features that the driver has taken; EOPNOTSUPP if the kernel lacks one. */
  public int trySetFeatures(long features) {
    return withLong(VhostRequest.SET_FEATURES, features);
  }

  /** Makes this process the owner, which comes first; EBUSY if there is one. */
  public int trySetOwner() {
    return (int) call(VhostRequest.SET_OWNER, 0);
  }

  /** Makes it nobody's; not every device can. */
  public int tryResetOwner() {
    return (int) call(VhostRequest.RESET_OWNER, 0);
  }

  /** All of the guest's memory, at most {@link #MAX_RANGES} runs; in place of what was told. */
  public int trySetMemory(List<MemoryRange> ranges) {
    if (ranges.size() > MAX_RANGES) {
      throw new IllegalArgumentException(ranges.size() + " ranges");
    }
    MemorySegment memory = Scratch.current().cleared(MEMORY_BYTES + REGION_BYTES * ranges.size());
    memory.set(JAVA_INT, 0, ranges.size());
    long at = MEMORY_BYTES;
    for (MemoryRange range : ranges) {
      memory.set(JAVA_LONG, at, range.gpa());
      memory.set(JAVA_LONG, at + REGION_SIZE, range.sizeBytes());
      memory.set(JAVA_LONG, at + REGION_HVA, range.hva());
      at += REGION_BYTES;
    }
    return (int) call(VhostRequest.SET_MEM_TABLE, memory.address());
  }

  /** Where the log of writes is: a bit a page, with {@link #LOG_ALL}. */
  public int trySetLogBase(long hva) {
    return withLong(VhostRequest.SET_LOG_BASE, hva);
  }

  /** What is signalled when the log has changed; {@code null}: nothing. */
  public int trySetLogSignal(@Nullable EventFd signal) {
    MemorySegment memory = Scratch.current().memory();
    memory.set(JAVA_INT, 0, number(signal));
    return (int) call(VhostRequest.SET_LOG_FD, memory.address());
  }

  /** How many descriptors a ring has; EBUSY while it is worked on. */
  public int trySetSize(int ring, int size) {
    return withState(VhostRequest.SET_VRING_NUM, ring, size);
  }

  /** Where a ring is. */
  public int trySetAddresses(int ring, VringAddresses addresses) {
    MemorySegment memory = Scratch.current().memory();
    memory.set(JAVA_INT, 0, ring);
    memory.set(JAVA_INT, ADDR_FLAGS, addresses.logged() ? VRING_F_LOG : 0);
    memory.set(JAVA_LONG, ADDR_DESC, addresses.descriptors());
    memory.set(JAVA_LONG, ADDR_USED, addresses.used());
    memory.set(JAVA_LONG, ADDR_AVAIL, addresses.avail());
    memory.set(JAVA_LONG, ADDR_LOG, addresses.log());
    return (int) call(VhostRequest.SET_VRING_ADDR, memory.address());
  }

  /** The index of the available ring to go on at; EBUSY while the ring is worked on. */
  public int trySetBase(int ring, int base) {
    return withState(VhostRequest.SET_VRING_BASE, ring, base);
  }

  /** The index of the available ring that comes next. */
  public int tryBase(int ring) {
    MemorySegment memory = Scratch.current().memory();
    int result = withState(VhostRequest.GET_VRING_BASE, ring, 0);
    return result < 0 ? result : memory.get(JAVA_INT, STATE_NUMBER);
  }

  /** What says that there is something in a ring; {@code null}: nothing does. */
  public int trySetKick(int ring, @Nullable EventFd kick) {
    return withState(VhostRequest.SET_VRING_KICK, ring, number(kick));
  }

  /** What is signalled for an interrupt; {@code null}: nothing is. At any time. */
  public int trySetCall(int ring, @Nullable EventFd call) {
    return withState(VhostRequest.SET_VRING_CALL, ring, number(call));
  }

  /** What is signalled when a driver has broken its ring; {@code null}: nothing is. */
  public int trySetError(int ring, @Nullable EventFd error) {
    return withState(VhostRequest.SET_VRING_ERR, ring, number(error));
  }

  /**
   * Has a ring worked on for an interface; {@code null} ends that, and what is in flight is done
   * when the call returns.
   */
  public int trySetNetBackend(int ring, @Nullable Fd tap) {
    return withState(VhostRequest.NET_SET_BACKEND, ring, tap == null ? UNBIND : tap.number());
  }

  /** The guest's address among sockets; EADDRINUSE if another has it. */
  public int trySetGuestCid(long cid) {
    return withLong(VhostRequest.VSOCK_SET_GUEST_CID, cid);
  }

  /** Has both rings of sockets worked on, or ends that. */
  public int trySetRunning(boolean running) {
    MemorySegment memory = Scratch.current().memory();
    memory.set(JAVA_INT, 0, running ? 1 : 0);
    return (int) call(VhostRequest.VSOCK_SET_RUNNING, memory.address());
  }

  private static int number(@Nullable EventFd signal) {
    return signal == null ? UNBIND : signal.fd().number();
  }

  private int withLong(long request, long value) {
    MemorySegment memory = Scratch.current().memory();
    memory.set(JAVA_LONG, 0, value);
    return (int) call(request, memory.address());
  }

  private int withState(long request, int ring, int number) {
    MemorySegment memory = Scratch.current().memory();
    memory.set(JAVA_INT, 0, ring);
    memory.set(JAVA_INT, STATE_NUMBER, number);
    return (int) call(request, memory.address());
  }

  private long call(long request, long argument) {
    return Libc.restarting(SystemCall.IOCTL, fd.number(), request, argument);
  }

  @Override
  public void close() {
    fd.close();
  }
}
