package dev.jvmm.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.jvmm.linux.libc.Libc;
import dev.jvmm.linux.libc.Scratch;
import dev.jvmm.linux.libc.SystemCall;
import java.lang.foreign.MemorySegment;

/**
 * One queue of a TAP interface (Documentation/networking/tuntap.rst): each read is a frame that the
 * host sends, each write one that it receives.
 *
 * <p>Thread: safe, as {@link Fd} is. The {@code try} methods answer a value or {@code -errno},
 * never {@code -EINTR}; they don't wait.
 */
public final class Tap implements AutoCloseable {

  /** What makes interfaces. */
  public static final String DEVICE = "/dev/net/tun";

  /** Frames carry a header with checksum and segmentation offloads. */
  public static final int IFF_VNET_HDR = 0x4000;

  /** The interface has a queue for each descriptor that was opened with this. */
  public static final int IFF_MULTI_QUEUE = 0x100;

  /** The interface has Ethernet's frames; the other kind has IP packets. */
  public static final int IFF_TAP = 0x2;

  // What the reader of frames can take (TUNSETOFFLOAD).
  public static final int TUN_F_CSUM = 0x01;
  public static final int TUN_F_TSO4 = 0x02;
  public static final int TUN_F_TSO6 = 0x04;
  public static final int TUN_F_TSO_ECN = 0x08;

  private static final int IFF_NO_PI = 0x1000;
  private static final int IFF_TUN_EXCL = 0x8000;
  private static final int IFF_ATTACH_QUEUE = 0x200;
  private static final int IFF_DETACH_QUEUE = 0x400;

  private static final long TUNSETIFF = 0x4004_54CAL;
  private static final long TUNSETPERSIST = 0x4004_54CBL;
  private static final long TUNSETOFFLOAD = 0x4004_54D0L;
  private static final long TUNGETIFF = 0x8004_54D2L;
  private static final long TUNSETSNDBUF = 0x4004_54D4L;
  private static final long TUNSETVNETHDRSZ = 0x4004_54D8L;
  private static final long TUNSETQUEUE = 0x4004_54D9L;

  private final Fd fd;
  private final String name;
  private final int flags;

  private Tap(Fd fd, String name, int flags) {
    this.fd = fd;
    this.name = name;
    this.flags = flags;
  }

  /**
   * Opens a queue of an interface, which is made if there is none of this name; one that was made
   * goes away with its last queue.
   *
   * @param name its name; {@code jvmm%d} picks the first free number
   * @param flags {@link #IFF_VNET_HDR}, {@link #IFF_MULTI_QUEUE}, their sum, or 0
   * @param onlyNew whether one that is there already is refused (EBUSY)
   * @throws LinuxException open: /dev/net/tun is not there or may not be opened; TUNSETIFF: EPERM,
   *     EBUSY, EINVAL (the interface is there and is of another kind), ENAMETOOLONG
   */
  public static Tap open(String name, int flags, boolean onlyNew) {
    Fd fd = Fd.open(DEVICE, OpenFlags.RDWR | OpenFlags.NONBLOCK, 0);
    try {
      int all = IFF_TAP | IFF_NO_PI | flags;
      InterfaceRequest request =
          new InterfaceRequest(name).flags(onlyNew ? all | IFF_TUN_EXCL : all);
      LinuxException.check(request.call(fd, TUNSETIFF), "TUNSETIFF", name);
      return new Tap(fd, request.name(), all);
    } catch (LinuxException e) {
      fd.close();
      throw e;
    }
  }

  /**
   * Takes over a descriptor that somebody else has opened; from then on it does not wait.
   *
   * @throws LinuxException TUNGETIFF: it is no TAP's; it stays open
   */
  public static Tap adopt(Fd fd) {
    InterfaceRequest request = new InterfaceRequest("");
    LinuxException.check(request.call(fd, TUNGETIFF), "TUNGETIFF", fd.name());
    Tap tap = new Tap(fd, request.name(), request.flags());
    fd.setNonBlocking();
    return tap;
  }

  /** The descriptor, to be watched. */
  public Fd fd() {
    return fd;
  }

  /** The interface's name. */
  public String name() {
    return name;
  }

  /** Whether it is of this kind: one of the {@code IFF_} constants. */
  public boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /** Whether the interface stays when its last queue is closed. */
  public void persistent(boolean whether) {
    ioctl(TUNSETPERSIST, whether ? 1 : 0, "TUNSETPERSIST");
  }

  /**
   * What the reader of frames can take, a sum of {@code TUN_F_} constants; for all queues.
   *
   * @return 0 or {@code -errno}
   */
  public int tryOffloads(int offloads) {
    return (int) Libc.restarting(SystemCall.IOCTL, fd.number(), TUNSETOFFLOAD, offloads);
  }

  /** How many bytes the header of each frame has, 10 or more; for all queues. */
  public void headerBytes(int bytes) {
    withInt(TUNSETVNETHDRSZ, bytes, "TUNSETVNETHDRSZ");
  }

  /** How many bytes may be under way into the host; more is EAGAIN. For all queues. */
  public void sendBuffer(int bytes) {
    withInt(TUNSETSNDBUF, bytes, "TUNSETSNDBUF");
  }

  /**
   * Whether the host uses this queue of a multi-queue interface. One that it does not use moves no
   * frames, and reports an error to whoever watches it.
   *
   * @return 0 or {@code -errno}; EINVAL where it is so already
   */
  public int tryAttach(boolean attached) {
    InterfaceRequest request =
        new InterfaceRequest("").flags(attached ? IFF_ATTACH_QUEUE : IFF_DETACH_QUEUE);
    return (int) request.call(fd, TUNSETQUEUE);
  }

  /**
   * Takes the next frame into {@code count} iovecs; what is longer is cut without a word.
   *
   * @return its bytes with the header, or {@code -errno}: EAGAIN if there is none
   */
  public int tryReadv(long iovecs, int count) {
    return (int) Libc.restarting(SystemCall.READV, fd.number(), iovecs, count);
  }

  /**
   * Gives the host a frame.
   *
   * @return the bytes, or {@code -errno}: EAGAIN if too much is under way, EINVAL if the header or
   *     the frame makes no sense, EIO if the interface is down
   */
  public int tryWritev(long iovecs, int count) {
    return (int) Libc.restarting(SystemCall.WRITEV, fd.number(), iovecs, count);
  }

  private void withInt(long request, int value, String operation) {
    MemorySegment memory = Scratch.current().memory();
    memory.set(JAVA_INT, 0, value);
    ioctl(request, memory.address(), operation);
  }

  private void ioctl(long request, long argument, String operation) {
    LinuxException.check(
        Libc.restarting(SystemCall.IOCTL, fd.number(), request, argument), operation, name);
  }

  @Override
  public void close() {
    fd.close();
  }
}
