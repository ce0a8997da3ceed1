package dev.jvmm.vhost;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.linux.Errno;
import dev.jvmm.linux.Fd;
import dev.jvmm.linux.LinuxException;
import dev.jvmm.linux.vhost.Vhost;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Opens the kernel's devices for the queues of a network, and says in one sentence why they can't
 * be had.
 *
 * <p>Thread: confined.
 */
final class VhostNetOpener {

  private final TapConfig config;
  private final List<VhostDevice> devices = new ArrayList<>();
  private @Nullable String warning;

  private VhostNetOpener(TapConfig config) {
    this.config = config;
  }

  /**
   * What came of it.
   *
   * @param devices one for each queue; none where our own loop moves the frames
   * @param warning why that is so though the user would rather not; else {@code null}
   */
  record Opened(List<VhostDevice> devices, @Nullable String warning) {}

  /**
   * Opens what the user wants, or nothing.
   *
   * @throws ConfigException if it is required and can't be had
   */
  static Opened open(TapConfig config) {
    VhostNetOpener opener = new VhostNetOpener(config);
    if (config.kernel().wanted()) {
      boolean done = false;
      try {
        done = opener.openAll();
      } finally {
        if (!done) {
          opener.devices.forEach(VhostDevice::close);
          opener.devices.clear();
        }
      }
    }
    return new Opened(opener.devices, opener.warning);
  }

  private boolean openAll() {
    List<Integer> numbers = config.kernel().descriptors();
    for (int i = 0; i < config.queues(); i++) {
      Integer number = numbers.isEmpty() ? null : numbers.get(i);
      try {
        devices.add(open(number));
      } catch (LinuxException e) {
        refuse(number == null ? notOpened(e) : notUsable(number, e), e);
        return false;
      }
    }
    return true;
  }

  private static VhostDevice open(@Nullable Integer number) {
    Vhost vhost = number == null ? Vhost.open(Vhost.NET) : Vhost.adopt(Fd.adopt(number));
    boolean done = false;
    try {
      VhostDevice device = new VhostDevice(vhost);
      done = true;
      return device;
    } finally {
      if (!done && number == null) {
        vhost.close(); // another's number may be anybody's
      }
    }
  }

  private void refuse(String why, LinuxException e) {
    if (config.kernel().required()) {
      throw config.asked().refused(why, e);
    }
    warning = config.asked() + ": " + why + "; the network goes without, and slower";
  }

  private static String notOpened(LinuxException e) {
    return VhostVsock.whyNotOpened(Vhost.NET, "vhost_net", e);
  }

  private static String notUsable(int number, LinuxException e) {
    return switch (e.errno()) {
      case Errno.EBADF -> "vhostfd " + number + " is not open; have the shell open it";
      case Errno.EBUSY -> "vhostfd " + number + " is in use already; open one for each queue";
      default -> "vhostfd " + number + " is not " + Vhost.NET + "; open that";
    };
  }
}
