package dev.jvmm.vhost;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.vm.Spelling;
import dev.jvmm.linux.Errno;
import dev.jvmm.linux.LinuxException;
import dev.jvmm.linux.NetInterface;
import dev.jvmm.virtio.net.MacAddress;
import dev.jvmm.virtio.net.NetBackend;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A TAP interface as the user wants it, open and set up. What was made for it goes away with it,
 * and nothing else.
 *
 * <p>Thread: used by one thread, before the machine runs and once its devices are drained.
 */
public final class TapNetwork implements AutoCloseable {

  private final TapConfig config;
  private final NetInterface interfaces;
  private final Deque<Runnable> undo = new ArrayDeque<>();
  private final String name;
  private final boolean made;
  private final EventLoop loop;
  private final TapBackend taps;
  private final VhostNetOpener.Opened kernel;
  private final @Nullable DhcpResponder responder;
  private @Nullable String notice;

  /**
   * Opens one.
   *
   * @param loop moves its frames
   * @throws dev.jvmm.core.vm.ConfigException if it can't be had; nothing is left behind then
   */
  public static TapNetwork open(TapConfig config, EventLoop loop) {
    return new TapNetwork(config, loop);
  }

  private TapNetwork(TapConfig config, EventLoop loop) {
    this.config = config;
    this.interfaces = new NetInterface();
    undo.push(interfaces::close);
    boolean done = false;
    try {
      TapOpener.Opened opened = TapOpener.open(config, interfaces);
      this.loop = loop;
      this.taps = new TapBackend(opened.taps(), loop);
      undo.push(taps::close);
      this.name = opened.taps().getFirst().name();
      this.made = opened.made();
      this.kernel = VhostNetOpener.open(config);
      undo.push(() -> kernel.devices().forEach(VhostDevice::close));
      this.responder = opened.ready() ? null : setUp();
      done = true;
    } catch (LinuxException e) {
      throw config.asked().refused("the host refuses: " + e.getMessage(), e);
    } finally {
      if (!done) {
        close();
      }
    }
  }

  /** Answers what answers its guests' DHCP, if we do. */
  private @Nullable DhcpResponder setUp() {
    if (!(config.source() instanceof TapConfig.Interface wanted)) {
      return null;
    }
    TapConfig.Setup setup = wanted.setup();
    if (setup instanceof TapConfig.Bridge bridge) {
      join(bridge.name());
    } else if (setup instanceof TapConfig.Scripts scripts) {
      runScripts(scripts);
    } else if (setup instanceof TapConfig.Own && made) {
      return ownNetwork();
    }
    return null;
  }

  private void join(String bridge) {
    Spelling asked = config.asked();
    if (!interfaces.exists(bridge)) {
      throw asked.refused(
          "there is no bridge %s; make it by: ip link add %1$s type bridge".formatted(bridge));
    }
    try {
      interfaces.join(bridge, name);
    } catch (LinuxException e) {
      throw asked.refused(
          switch (e.errno()) {
            case Errno.EOPNOTSUPP -> bridge + " is no bridge";
            case Errno.EBUSY -> name + " is a port of a bridge already";
            default -> "%s does not take %s: %s".formatted(bridge, name, e.getMessage());
          },
          e);
    }
    if (!made) {
      undo.push(() -> interfaces.leave(bridge, name));
    }
    interfaces.up(name, true);
  }

  private void runScripts(TapConfig.Scripts scripts) {
    if (scripts.up() != null) {
      run(scripts.up());
    }
    String down = scripts.down();
    if (down != null) {
      undo.push(() -> run(down));
    }
  }

  private void run(String script) {
    Spelling asked = config.asked();
    try {
      int status = new ProcessBuilder(script, name).inheritIO().start().waitFor();
      if (status != 0) {
        throw asked.refused("%s %s has ended with status %d".formatted(script, name, status));
      }
    } catch (IOException e) {
      throw asked.refused(script + " can't be run: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw asked.refused(script + " was interrupted", e);
    }
  }

  private DhcpResponder ownNetwork() {
    try {
      interfaces.up(name, true);
      int server = FreeNetwork.claim(interfaces, name);
      if (server == 0) {
        throw config
            .asked()
            .refused("every network 192.168.N.0/24 is taken; give script=no, and an address");
      }
      int guest = server + 1;
      notice =
          "network %s is %s/%d here, and the guest gets %s by DHCP"
              .formatted(name, Ipv4.text(server), FreeNetwork.PREFIX, Ipv4.text(guest));
      MacAddress mac = new MacAddress(interfaces.hardwareAddress(name));
      return new DhcpResponder(server, mac);
    } catch (IOException e) {
      throw config.asked().refused("/proc/net/route can't be read: " + e.getMessage(), e);
    }
  }

  /**
   * The network, to be put behind a device; once.
   *
   * @param memory of the device's guest
   * @throws dev.jvmm.core.vm.ConfigException if the host refuses a part of it
   */
  public NetBackend backend(GuestMemory memory) {
    if (kernel.devices().isEmpty()) {
      return responder == null ? taps : new DhcpBackend(taps, responder, loop);
    }
    if (responder != null) {
      try {
        DhcpPort port = new DhcpPort(interfaces.index(name), responder, loop);
        undo.push(port::close);
      } catch (LinuxException e) {
        throw config.asked().refused("DHCP can't be answered: " + e.getMessage(), e);
      }
    }
    VhostNetBackend backend = new VhostNetBackend(taps, kernel.devices(), memory, loop);
    undo.push(backend::close);
    return backend;
  }

  /** What is not as the user would like it, one line, or {@code null}. */
  public @Nullable String warning() {
    return kernel.warning();
  }

  /** Sets the MTU of an interface that was made; others are their owner's. */
  public void mtu(int bytes) {
    if (made) {
      try {
        interfaces.mtu(name, bytes);
      } catch (LinuxException e) {
        throw config.asked().refused("%s can't have MTU %d".formatted(name, bytes), e);
      }
    }
  }

  /** What the user can't know otherwise, one line, or {@code null}. */
  public @Nullable String notice() {
    return notice;
  }

  /** After the device in front of it has been reset; what fails keeps nothing else open. */
  @Override
  public void close() {
    RuntimeException failure = null;
    for (Runnable step = undo.poll(); step != null; step = undo.poll()) {
      try {
        step.run();
      } catch (RuntimeException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
