package dev.jvmm.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.jvmm.linux.UnixSocket.Received;
import dev.jvmm.linux.libc.Libc;
import dev.jvmm.linux.libc.Scratch;
import dev.jvmm.linux.libc.SystemCall;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One sendmsg or recvmsg with descriptors beside the data (cmsg(3), SCM_RIGHTS).
 *
 * <p>The thread's scratch memory holds, one behind the other, {@code struct msghdr}, one {@code
 * struct iovec} and the control message.
 */
final class SocketMessage {

  /** As many as the kernel takes in one message (SCM_MAX_FD). */
  static final int MAX_FDS = 253;

  private static final int SOL_SOCKET = 1;
  private static final int SCM_RIGHTS = 1;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MSG_CMSG_CLOEXEC = 0x4000_0000;
  private static final int MSG_CTRUNC = 0x8;

  private static final int HEADER_SIZE = 56;
  private static final long HEADER_IOV = 16;
  private static final long HEADER_IOV_COUNT = 24;
  private static final long HEADER_CONTROL = 32;
  private static final long HEADER_CONTROL_SIZE = 40;
  private static final long HEADER_FLAGS = 48;

  private static final long IOVEC = HEADER_SIZE;
  private static final long CONTROL = IOVEC + 16;
  private static final long CONTROL_LEVEL = CONTROL + 8;
  private static final long CONTROL_TYPE = CONTROL + 12;
  private static final long CONTROL_DATA = CONTROL + 16;
  private static final int CONTROL_HEADER_SIZE = 16;

  private SocketMessage() {}

  static int send(Fd socket, MemorySegment data, List<Fd> fds) {
    if (fds.size() > MAX_FDS) {
      throw new IllegalArgumentException(fds.size() + " descriptors in one message");
    }
    int rightsBytes = fds.size() * Integer.BYTES;
    MemorySegment memory = header(data, fds.isEmpty() ? 0 : aligned(rightsBytes));
    if (!fds.isEmpty()) {
      memory.set(JAVA_LONG, CONTROL, CONTROL_HEADER_SIZE + rightsBytes);
      memory.set(JAVA_INT, CONTROL_LEVEL, SOL_SOCKET);
      memory.set(JAVA_INT, CONTROL_TYPE, SCM_RIGHTS);
      for (int i = 0; i < fds.size(); i++) {
        memory.set(JAVA_INT, CONTROL_DATA + (long) i * Integer.BYTES, fds.get(i).number());
      }
    }
    try {
      return (int)
          Libc.restarting(SystemCall.SENDMSG, socket.number(), memory.address(), MSG_NOSIGNAL);
    } finally {
      Reference.reachabilityFence(data);
    }
  }

  static @Nullable Received receive(Fd socket, MemorySegment data) {
    MemorySegment memory = header(data, aligned(MAX_FDS * Integer.BYTES));
    long result;
    try {
      result =
          Libc.restarting(SystemCall.RECVMSG, socket.number(), memory.address(), MSG_CMSG_CLOEXEC);
    } finally {
      Reference.reachabilityFence(data);
    }
    if (result == -Errno.EAGAIN) {
      return null;
    }
    LinuxException.check(result, "recvmsg", socket.name());
    boolean truncated = (memory.get(JAVA_INT, HEADER_FLAGS) & MSG_CTRUNC) != 0;
    List<Fd> fds = rights(memory);
    if (truncated) {
      // Some were dropped, so nobody can say which these are.
      fds.forEach(Fd::close);
      throw new LinuxException("recvmsg", socket.name(), Errno.EMSGSIZE);
    }
    return new Received((int) result, fds);
  }

  private static List<Fd> rights(MemorySegment memory) {
    if (memory.get(JAVA_LONG, HEADER_CONTROL_SIZE) < CONTROL_HEADER_SIZE
        || memory.get(JAVA_INT, CONTROL_LEVEL) != SOL_SOCKET
        || memory.get(JAVA_INT, CONTROL_TYPE) != SCM_RIGHTS) {
      return List.of();
    }
    int count = (int) ((memory.get(JAVA_LONG, CONTROL) - CONTROL_HEADER_SIZE) / Integer.BYTES);
    List<Fd> fds = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      fds.add(Fd.adopt(memory.get(JAVA_INT, CONTROL_DATA + (long) i * Integer.BYTES)));
    }
    return fds;
  }

  private static MemorySegment header(MemorySegment data, int controlSize) {
    if (!data.isNative()) {
      throw new IllegalArgumentException("a heap segment has no address for the kernel");
    }
    MemorySegment memory = Scratch.current().cleared((int) CONTROL_DATA);
    memory.set(JAVA_LONG, HEADER_IOV, memory.address() + IOVEC);
    memory.set(JAVA_LONG, HEADER_IOV_COUNT, 1);
    memory.set(JAVA_LONG, IOVEC, data.address());
    memory.set(JAVA_LONG, IOVEC + 8, data.byteSize());
    if (controlSize > 0) {
      memory.set(JAVA_LONG, HEADER_CONTROL, memory.address() + CONTROL);
      memory.set(JAVA_LONG, HEADER_CONTROL_SIZE, controlSize);
    }
    return memory;
  }

  /** The size of a control message that holds so many bytes (CMSG_SPACE). */
  private static int aligned(int dataBytes) {
    return CONTROL_HEADER_SIZE + (dataBytes + 7) / 8 * 8;
  }
}
