package dev.jvmm.vhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.core.vm.Spelling;
import dev.jvmm.linux.Fd;
import dev.jvmm.linux.OpenFlags;
import dev.jvmm.linux.vhost.Vhost;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class VhostNetOpenerTest {

  private static final int NOT_OPEN = 1 << 20;

  private static TapConfig config(boolean wanted, boolean required, Integer... numbers) {
    return new TapConfig(
        new TapConfig.Inherited(List.of(5)),
        true,
        0,
        new TapConfig.Kernel(wanted, required, List.of(numbers)),
        new Spelling("netdev", "tap"));
  }

  private static void assumeNoDevice() {
    assumeFalse(Files.exists(Path.of(Vhost.NET)), "there is a " + Vhost.NET);
  }

  @Test
  void nothing_isOpenedUnlessItIsWanted() {
    VhostNetOpener.Opened opened = VhostNetOpener.open(config(false, false));
    assertThat(opened.devices()).isEmpty();
    assertThat(opened.warning()).isNull();
  }

  @Test
  void hostWithoutTheModule_isRefused() {
    assumeNoDevice();
    assertThatThrownBy(() -> VhostNetOpener.open(config(true, true)))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "netdev tap: this host has no /dev/vhost-net: load the module vhost_net (modprobe"
                + " vhost_net)");
  }

  @Test
  void descriptorThatIsNotOpen_isRefusedIfItIsRequired() {
    assertThatThrownBy(() -> VhostNetOpener.open(config(true, true, NOT_OPEN)))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "netdev tap: vhostfd %d is not open; have the shell open it".formatted(NOT_OPEN));
  }

  @Test
  void descriptorOfSomethingElse_isWarnedOfIfItIsNotRequired() {
    try (Fd other = Fd.open("/dev/null", OpenFlags.RDWR, 0)) {
      VhostNetOpener.Opened opened = VhostNetOpener.open(config(true, false, other.number()));
      assertThat(opened.devices()).isEmpty();
      assertThat(opened.warning())
          .isEqualTo(
              "-netdev tap: vhostfd %d is not /dev/vhost-net; open that; the network goes without,"
                      .formatted(other.number())
                  + " and slower");
      assertThat(other.tryWrite(Arena.ofAuto().allocate(1))).isEqualTo(1);
    }
  }
}
