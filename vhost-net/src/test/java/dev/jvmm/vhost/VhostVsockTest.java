package dev.jvmm.vhost;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.core.vm.Spelling;
import dev.jvmm.linux.Fd;
import dev.jvmm.linux.OpenFlags;
import dev.jvmm.linux.vhost.Vhost;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VhostVsockTest {

  private static final Spelling ASKED = new Spelling("device", "vhost-vsock-pci");

  private final EventLoop loop = new EventLoop("test-io");

  @AfterEach
  void close() {
    loop.close();
  }

  private void open(@Nullable Integer descriptor) {
    VhostVsock.open(new VsockConfig(3, descriptor, ASKED), new GuestMemory(List.of()), loop)
        .close();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, -1, 0xFFFF_FFFFL, 1L << 32})
  void addressThatNoGuestCanHave_isRefused(long cid) {
    assertThatThrownBy(() -> new VsockConfig(cid, null, ASKED))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "device vhost-vsock-pci: guest-cid is 3 to 4294967294 (2 is the host), not " + cid);
  }

  @Test
  void hostWithoutTheModule_isRefused() {
    assumeFalse(Files.exists(Path.of(Vhost.VSOCK)), "there is a " + Vhost.VSOCK);
    assertThatThrownBy(() -> open(null))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "device vhost-vsock-pci: this host has no /dev/vhost-vsock: load the module"
                + " vhost_vsock (modprobe vhost_vsock)");
  }

  @Test
  void descriptorThatIsNotOpen_isRefused() {
    assertThatThrownBy(() -> open(1 << 20))
        .isInstanceOf(ConfigException.class)
        .hasMessage("device vhost-vsock-pci: vhostfd 1048576 is not open; have the shell open it");
  }

  @Test
  void descriptorOfSomethingElse_isRefused() {
    try (Fd other = Fd.open("/dev/null", OpenFlags.RDWR, 0)) {
      int number = other.number();
      assertThatThrownBy(() -> open(number))
          .isInstanceOf(ConfigException.class)
          .hasMessage(
              "device vhost-vsock-pci: vhostfd " + number + " is not /dev/vhost-vsock; open that");
    }
  }
}
