package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the tests of real guests stand on: a machine whose KVM runs a kernel as it is. */
@Tag("linux")
@FirstLevel(seconds = 2)
class GuestHostLinuxTest {

  @Test
  void kvm_isThatOfIntelOrAmd() {
    assertThat(List.of(Path.of("/sys/module/kvm_intel"), Path.of("/sys/module/kvm_amd")))
        .anyMatch(Files::isDirectory);
    assertThat(Path.of("/dev/kvm")).isReadable().isWritable();
  }

  @Test
  void cpu_hasVirtualization() throws IOException {
    assertThat(Files.readString(Path.of("/proc/cpuinfo"))).containsPattern("\\b(vmx|svm)\\b");
  }

  @Test
  void host_offersTapAndVhost() {
    assertThat(
            List.of(
                Path.of("/dev/net/tun"), Path.of("/dev/vhost-net"), Path.of("/dev/vhost-vsock")))
        .allMatch(Files::exists);
  }
}
