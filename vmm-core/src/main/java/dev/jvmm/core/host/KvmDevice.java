package dev.jvmm.core.host;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.kvm.Kvm;
import dev.jvmm.kvm.UnsupportedApiException;
import dev.jvmm.linux.Errno;
import dev.jvmm.linux.LinuxException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens /dev/kvm, and says in one sentence what to do where that fails. */
public final class KvmDevice {

  static final String PATH = "/dev/kvm";

  private KvmDevice() {}

  static Kvm open(String path) {
    try {
      return Kvm.open(path);
    } catch (LinuxException e) {
      throw new ConfigException("accel", "kvm: " + explain(path, e), e);
    } catch (UnsupportedApiException e) {
      throw new ConfigException("accel", "kvm: " + explain(e), e);
    }
  }

  static String explain(UnsupportedApiException e) {
    return e.getMessage() + "; use a host with Linux 2.6.22 or later";
  }

  static String explain(String path, LinuxException e) {
    return switch (e.errno()) {
      case Errno.ENOENT, Errno.ENODEV, Errno.ENXIO ->
          path
              + " is missing; load the module (modprobe kvm_intel or kvm_amd), and switch"
              + " virtualization on in the firmware or, in a VM, nested virtualization";
      case Errno.EACCES, Errno.EPERM ->
          "no permission for "
              + path
              + "; add yourself to the group kvm: sudo usermod -aG kvm $USER, then log in again";
      case Errno.ENOTTY -> path + " is not KVM's device; see ls -l " + path;
      default -> e.getMessage() + "; see dmesg";
    };
  }

  /**
   * Whether this host's KVM runs unmodified guests: it does with VMX or SVM behind it, not with a
   * module that emulates what a guest's kernel does.
   */
  public static boolean runsUnmodifiedGuests() {
    return Files.exists(Path.of("/sys/module/kvm_intel"))
        || Files.exists(Path.of("/sys/module/kvm_amd"));
  }
}
