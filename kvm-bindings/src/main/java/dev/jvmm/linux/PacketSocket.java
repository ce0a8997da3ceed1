package dev.jvmm.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.jvmm.linux.libc.Libc;
import dev.jvmm.linux.libc.Scratch;
import dev.jvmm.linux.libc.SystemCall;
import java.lang.foreign.MemorySegment;

/**
 * Frames of one interface past the host's own network (packet(7)): those that a filter lets
 * through, and those that are written to it.
 *
 * <p>Thread: safe, as {@link Fd} is. It never waits.
 */
public final class PacketSocket implements AutoCloseable {

  private static final int AF_PACKET = 17;
  private static final int SOCK_RAW = 3;
  private static final int SOCK_NONBLOCK = 0x800;
  private static final int SOCK_CLOEXEC = 0x8_0000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_ATTACH_FILTER = 26;
  private static final short ETH_P_IP_NETWORK_ORDER = 0x0008;

  // struct sockaddr_ll
  private static final int ADDRESS_BYTES = 20;
  private static final int ADDRESS_PROTOCOL = 2;
  private static final int ADDRESS_INDEX = 4;

  // struct sock_fprog, and behind it in the same memory its instructions
  private static final int PROGRAM_POINTER = 8;
  private static final int PROGRAM_BYTES = 16;
  private static final int INSTRUCTION_BYTES = 8;

  private final Fd fd;

  private PacketSocket(Fd fd) {
    this.fd = fd;
  }

  /**
   * One instruction of a filter (linux/filter.h).
   *
   * @param code what it does
   * @param ifTrue how many instructions to skip
   * @param ifFalse how many instructions to skip if not
   * @param operand what it does it with
   */
  public record Instruction(int code, int ifTrue, int ifFalse, int operand) {}

  /**
   * Opens one for the IPv4 frames of an interface.
   *
   * @param index the interface's number
   * @throws LinuxException socket: EPERM without CAP_NET_RAW
   */
  public static PacketSocket open(int index, Instruction... filter) {
    // Protocol 0: nothing comes before the filter is there.
    int type = SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC;
    Fd fd = Fd.ofResult(Libc.syscall(SystemCall.SOCKET, AF_PACKET, type, 0), "socket");
    boolean done = false;
    try {
      attach(fd, filter);
      bind(fd, index);
      done = true;
      return new PacketSocket(fd);
    } finally {
      if (!done) {
        fd.close();
      }
    }
  }

  private static void attach(Fd fd, Instruction... filter) {
    MemorySegment memory =
        Scratch.current().cleared(PROGRAM_BYTES + INSTRUCTION_BYTES * filter.length);
    memory.set(JAVA_SHORT, 0, (short) filter.length);
    memory.set(JAVA_LONG, PROGRAM_POINTER, memory.address() + PROGRAM_BYTES);
    long at = PROGRAM_BYTES;
    for (Instruction instruction : filter) {
      memory.set(JAVA_SHORT, at, (short) instruction.code());
      memory.set(JAVA_BYTE, at + 2, (byte) instruction.ifTrue());
      memory.set(JAVA_BYTE, at + 3, (byte) instruction.ifFalse());
      memory.set(JAVA_INT, at + 4, instruction.operand());
      at += INSTRUCTION_BYTES;
    }
    long result =
        Libc.syscall(
            SystemCall.SETSOCKOPT,
            fd.number(),
            SOL_SOCKET,
            SO_ATTACH_FILTER,
            memory.address(),
            PROGRAM_BYTES,
            0);
    LinuxException.check(result, "setsockopt", "SO_ATTACH_FILTER");
  }

  private static void bind(Fd fd, int index) {
    MemorySegment memory = Scratch.current().cleared(ADDRESS_BYTES + ADDRESS_INDEX);
    memory.set(JAVA_SHORT, 0, (short) AF_PACKET);
    memory.set(JAVA_SHORT, ADDRESS_PROTOCOL, ETH_P_IP_NETWORK_ORDER);
    memory.set(JAVA_INT, ADDRESS_INDEX, index);
    LinuxException.check(
        Libc.syscall(SystemCall.BIND, fd.number(), memory.address(), ADDRESS_BYTES), "bind", "");
  }

  /** The descriptor, to be watched, read a frame at a time, and written so. */
  public Fd fd() {
    return fd;
  }

  @Override
  public void close() {
    fd.close();
  }
}
