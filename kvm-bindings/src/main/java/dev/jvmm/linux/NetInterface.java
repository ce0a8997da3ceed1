package dev.jvmm.linux;

import dev.jvmm.linux.libc.Libc;
import dev.jvmm.linux.libc.SystemCall;

/**
 * The settings of the host's network interfaces (netdevice(7)).
 *
 * <p>Thread: safe; each call is one of its own.
 */
public final class NetInterface implements AutoCloseable {

  private static final int AF_INET = 2;
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_CLOEXEC = 0x8_0000;

  private static final int IFF_UP = 1;

  private static final long SIOCGIFFLAGS = 0x8913;
  private static final long SIOCSIFFLAGS = 0x8914;
  private static final long SIOCSIFADDR = 0x8916;
  private static final long SIOCSIFNETMASK = 0x891C;
  private static final long SIOCGIFMTU = 0x8921;
  private static final long SIOCSIFMTU = 0x8922;
  private static final long SIOCGIFHWADDR = 0x8927;
  private static final long SIOCGIFINDEX = 0x8933;
  private static final long SIOCBRADDIF = 0x89A2;
  private static final long SIOCBRDELIF = 0x89A3;

  private final Fd socket;

  /** Opens the socket that the calls go by. */
  public NetInterface() {
    long result = Libc.syscall(SystemCall.SOCKET, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    socket = Fd.ofResult(result, "socket");
  }

  /** Whether a name is one of an interface's: 1 to 15 bytes, no space, no slash, not a dot. */
  public static boolean isName(String name) {
    boolean plain = name.chars().allMatch(c -> c > ' ' && c < 0x7F && c != '/' && c != ':');
    return plain
        && !name.isEmpty()
        && name.length() <= InterfaceRequest.NAME_BYTES
        && !name.equals(".")
        && !name.equals("..");
  }

  /** Whether there is an interface of this name. */
  public boolean exists(String name) {
    return new InterfaceRequest(name).call(socket, SIOCGIFINDEX) >= 0;
  }

  /** Its number, which is greater the later it was made. */
  public int index(String name) {
    InterfaceRequest request = new InterfaceRequest(name);
    check(request, SIOCGIFINDEX, "SIOCGIFINDEX", name);
    return request.number();
  }

  /** Switches it on or off. */
  public void up(String name, boolean up) {
    InterfaceRequest get = new InterfaceRequest(name);
    check(get, SIOCGIFFLAGS, "SIOCGIFFLAGS", name);
    int flags = get.flags();
    int wanted = up ? flags | IFF_UP : flags & ~IFF_UP;
    if (wanted != flags) {
      check(new InterfaceRequest(name).flags(wanted), SIOCSIFFLAGS, "SIOCSIFFLAGS", name);
    }
  }

  /**
   * Gives it an IPv4 address, in place of the one that it has.
   *
   * @param address the first byte of its text the most significant
   * @param prefix the bits of the network
   */
  public void address(String name, int address, int prefix) {
    int mask = prefix == 0 ? 0 : -1 << (Integer.SIZE - prefix);
    check(new InterfaceRequest(name).address(address), SIOCSIFADDR, "SIOCSIFADDR", name);
    check(new InterfaceRequest(name).address(mask), SIOCSIFNETMASK, "SIOCSIFNETMASK", name);
  }

  /** The most bytes of a packet in one frame. */
  public int mtu(String name) {
    InterfaceRequest request = new InterfaceRequest(name);
    check(request, SIOCGIFMTU, "SIOCGIFMTU", name);
    return request.number();
  }

  /** Sets the most bytes of a packet in one frame. */
  public void mtu(String name, int bytes) {
    check(new InterfaceRequest(name).number(bytes), SIOCSIFMTU, "SIOCSIFMTU", name);
  }

  /** Its Ethernet address, the first byte in the lowest 8 bits. */
  public long hardwareAddress(String name) {
    InterfaceRequest request = new InterfaceRequest(name);
    check(request, SIOCGIFHWADDR, "SIOCGIFHWADDR", name);
    return request.hardwareAddress();
  }

  /** Makes it a port of a bridge; ENODEV: no such bridge, EOPNOTSUPP: it is none. */
  public void join(String bridge, String name) {
    int port = index(name); // first: both use the scratch memory
    check(new InterfaceRequest(bridge).number(port), SIOCBRADDIF, "SIOCBRADDIF", bridge);
  }

  /** Takes a port out of a bridge. */
  public void leave(String bridge, String name) {
    int port = index(name);
    check(new InterfaceRequest(bridge).number(port), SIOCBRDELIF, "SIOCBRDELIF", bridge);
  }

  private void check(InterfaceRequest request, long operation, String text, String name) {
    LinuxException.check(request.call(socket, operation), text, name);
  }

  @Override
  public void close() {
    socket.close();
  }
}
