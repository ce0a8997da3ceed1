package dev.jvmm.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.jvmm.linux.libc.Libc;
import dev.jvmm.linux.libc.Scratch;
import dev.jvmm.linux.libc.SystemCall;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * A struct ifreq (netdevice(7)) in the scratch memory of the thread: a name, then what is asked or
 * answered. As with all scratch memory: make one, fill it, make the one call, read the answer.
 *
 * <p>Thread: confined to the one that made it.
 */
final class InterfaceRequest {

  /** The most bytes of a name (IFNAMSIZ less its zero byte). */
  static final int NAME_BYTES = 15;

  private static final int VALUE = 16;
  private static final int BYTES = 40;

  private static final short AF_INET = 2;
  private static final int ADDRESS = VALUE + 4; // behind the family and the port of a sockaddr_in

  private final MemorySegment memory = Scratch.current().cleared(BYTES);

  /** About one interface; a name that is too long is ENAMETOOLONG. */
  InterfaceRequest(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > NAME_BYTES) {
      throw new LinuxException("ioctl", name, Errno.ENAMETOOLONG);
    }
    MemorySegment.copy(bytes, 0, memory, JAVA_BYTE, 0, bytes.length);
  }

  InterfaceRequest flags(int flags) {
    memory.set(JAVA_SHORT, VALUE, (short) flags);
    return this;
  }

  int flags() {
    return Short.toUnsignedInt(memory.get(JAVA_SHORT, VALUE));
  }

  InterfaceRequest number(int number) {
    memory.set(JAVA_INT, VALUE, number);
    return this;
  }

  int number() {
    return memory.get(JAVA_INT, VALUE);
  }

  /** An IPv4 address, the first byte of its text the most significant. */
  InterfaceRequest address(int address) {
    memory.set(JAVA_SHORT, VALUE, AF_INET);
    memory.set(JAVA_INT, ADDRESS, Integer.reverseBytes(address));
    return this;
  }

  /** Six bytes behind the family of a sockaddr. */
  long hardwareAddress() {
    return memory.get(JAVA_LONG, VALUE) >>> Short.SIZE;
  }

  String name() {
    return memory.getString(0);
  }

  /** The call; 0 or more, or {@code -errno}. */
  long call(Fd fd, long request) {
    return Libc.restarting(SystemCall.IOCTL, fd.number(), request, memory.address());
  }
}
