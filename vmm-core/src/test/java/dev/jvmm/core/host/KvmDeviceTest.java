package dev.jvmm.core.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.kvm.UnsupportedApiException;
import dev.jvmm.linux.Errno;
import dev.jvmm.linux.LinuxException;
import org.junit.jupiter.api.Test;

class KvmDeviceTest {

  private static final String PATH = "/dev/kvm";

  @Test
  void open_saysWhatToDoWhereThereIsNoKvm() {
    assertThatThrownBy(() -> KvmDevice.open("/dev/no-such-kvm"))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "accel kvm: /dev/no-such-kvm is missing; load the module (modprobe kvm_intel or"
                + " kvm_amd), and switch virtualization on in the firmware or, in a VM, nested"
                + " virtualization");
  }

  @Test
  void open_saysThatAnotherDeviceIsNone() {
    assertThatThrownBy(() -> KvmDevice.open("/dev/null"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("accel kvm: /dev/null is not KVM's device; see ls -l /dev/null");
  }

  @Test
  void explain_namesTheGroupAndTheCommand() {
    assertThat(KvmDevice.explain(PATH, new LinuxException("open", PATH, Errno.EACCES)))
        .isEqualTo(
            "no permission for /dev/kvm; add yourself to the group kvm: sudo usermod -aG kvm"
                + " $USER, then log in again");
  }

  @Test
  void explain_saysWhichApiVersionThereIs() {
    assertThat(KvmDevice.explain(new UnsupportedApiException(PATH, 11)))
        .isEqualTo(
            "/dev/kvm has API version 11, jvmm needs 12; use a host with Linux 2.6.22 or later");
  }
}
