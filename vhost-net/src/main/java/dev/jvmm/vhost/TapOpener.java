package dev.jvmm.vhost;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.core.vm.Spelling;
import dev.jvmm.linux.Errno;
import dev.jvmm.linux.Fd;
import dev.jvmm.linux.LinuxException;
import dev.jvmm.linux.NetInterface;
import dev.jvmm.linux.Tap;
import java.util.ArrayList;
import java.util.List;

/**
 * Opens the queues of a TAP interface, and says in one sentence why they can't be had.
 *
 * <p>Thread: confined.
 */
final class TapOpener {

  private static final String FIRST_FREE = "tap%d"; // the kernel fills in the number
  private static final String HOW_ELSE =
      "; run jvmm as root, or have root make one (ip tuntap add tap0 mode tap user $USER) and say"
          + " ifname=tap0,script=no, or give an open one by fd=";

  private final Spelling asked;
  private final boolean header;
  private final List<Tap> taps = new ArrayList<>();
  private boolean ready;

  /**
   * What is open now.
   *
   * @param taps the queues of one interface
   * @param made whether there was no such interface before
   * @param ready whether somebody else has set it up
   */
  record Opened(List<Tap> taps, boolean made, boolean ready) {}

  private TapOpener(TapConfig config) {
    asked = config.asked();
    header = config.header();
  }

  /**
   * Opens all queues, or none.
   *
   * @throws ConfigException if they can't be had as the user wants them
   */
  static Opened open(TapConfig config, NetInterface interfaces) {
    TapOpener opener = new TapOpener(config);
    boolean done = false;
    try {
      boolean made = false;
      // No switch over the types: the JVM makes the code of such a switch anew at every start.
      if (config.source() instanceof TapConfig.Interface wanted) {
        made = opener.open(wanted, interfaces);
      } else if (config.source() instanceof TapConfig.Inherited inherited) {
        opener.adopt(inherited);
      } else if (config.source() instanceof TapConfig.Helper helper) {
        opener.ask(helper);
      }
      if (config.sendBufferBytes() != 0) {
        opener.taps.getFirst().sendBuffer(config.sendBufferBytes());
      }
      done = true;
      return new Opened(opener.taps, made, opener.ready);
    } finally {
      if (!done) {
        opener.taps.forEach(Tap::close);
      }
    }
  }

  private boolean open(TapConfig.Interface wanted, NetInterface interfaces) {
    String name = wanted.name() == null ? FIRST_FREE : wanted.name();
    boolean made = wanted.name() == null || !interfaces.exists(name);
    int flags = header ? Tap.IFF_VNET_HDR : 0;
    boolean many = wanted.queues() > 1;
    try {
      taps.add(first(name, many ? flags | Tap.IFF_MULTI_QUEUE : flags, made));
    } catch (LinuxException e) {
      if (!isForbidden(e) || !BridgeHelper.serves(wanted)) {
        throw refused(name, e);
      }
      ask(new TapConfig.Helper(((TapConfig.Bridge) wanted.setup()).name()));
      return false;
    }
    Tap first = taps.getFirst();
    while (taps.size() < wanted.queues()) {
      taps.add(tap(first.name(), flags | Tap.IFF_MULTI_QUEUE));
    }
    return made;
  }

  /** An interface that was made with several queues is opened so, whatever we need. */
  private Tap first(String name, int flags, boolean made) {
    try {
      return Tap.open(name, flags, false);
    } catch (LinuxException e) {
      boolean otherKind = e.errno() == Errno.EINVAL && !made;
      if (otherKind && (flags & Tap.IFF_MULTI_QUEUE) == 0) {
        return Tap.open(name, flags | Tap.IFF_MULTI_QUEUE, false);
      }
      throw e;
    }
  }

  private static boolean isForbidden(LinuxException e) {
    return e.errno() == Errno.EPERM || e.errno() == Errno.EACCES;
  }

  private void ask(TapConfig.Helper helper) {
    ready = true;
    Fd fd = BridgeHelper.ask(helper, header, asked);
    boolean done = false;
    try {
      taps.add(Tap.adopt(fd));
      done = true;
    } catch (LinuxException e) {
      throw asked.refused(helper.program() + " has given no TAP interface", e);
    } finally {
      if (!done) {
        fd.close();
      }
    }
  }

  private Tap tap(String name, int flags) {
    try {
      return Tap.open(name, flags, false);
    } catch (LinuxException e) {
      throw refused(name, e);
    }
  }

  private ConfigException refused(String name, LinuxException e) {
    return asked.refused(reason(name, e), e);
  }

  /** Why the kernel has refused an interface of this name, and what to do. */
  static String reason(String name, LinuxException e) {
    boolean device = e.operation().equals("open");
    return switch (e.errno()) {
      case Errno.ENOENT, Errno.ENODEV, Errno.ENXIO ->
          "this host has no " + Tap.DEVICE + ": load the module tun (modprobe tun)";
      case Errno.EACCES, Errno.EPERM ->
          device
              ? Tap.DEVICE + " may not be opened; ask for the right to read and write it"
              : "only root (CAP_NET_ADMIN) may make or open this interface" + HOW_ELSE;
      case Errno.EBUSY -> name + " is in use by another program; choose another name";
      case Errno.EINVAL ->
          name
              + " is there and is no such interface: no TAP, or one with another number of queues;"
              + " choose another name";
      default -> "the host refuses: " + e.getMessage();
    };
  }

  private void adopt(TapConfig.Inherited inherited) {
    ready = true;
    for (int number : inherited.numbers()) {
      Tap tap = adopt(number);
      taps.add(tap);
      if (!tap.has(Tap.IFF_TAP)) {
        throw asked.refused(
            "fd " + number + " is a TUN interface's, without Ethernet; give a TAP's");
      }
      if (tap.has(Tap.IFF_VNET_HDR) != taps.getFirst().has(Tap.IFF_VNET_HDR)) {
        throw asked.refused("some of the descriptors have vnet_hdr and some don't; open all alike");
      }
      if (!tap.name().equals(taps.getFirst().name())) {
        throw asked.refused(
            "fd %d is of %s, the first of %s; all are queues of one interface"
                .formatted(number, tap.name(), taps.getFirst().name()));
      }
    }
  }

  private Tap adopt(int number) {
    try {
      return Tap.adopt(Fd.adopt(number));
    } catch (LinuxException e) {
      throw asked.refused(
          switch (e.errno()) {
            case Errno.EBADF -> "fd " + number + " is not open; have the shell open it";
            case Errno.EBADFD -> "fd " + number + " is of no interface yet; TUNSETIFF comes first";
            default -> "fd " + number + " is no TAP's";
          },
          e);
    }
  }
}
