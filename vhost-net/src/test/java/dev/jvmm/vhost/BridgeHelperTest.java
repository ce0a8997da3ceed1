package dev.jvmm.vhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.core.vm.Spelling;
import dev.jvmm.linux.Tap;
import dev.jvmm.virtio.net.NetFeatures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The protocol of QEMU's program, by programs that stand in for it. */
class BridgeHelperTest {

  private static final String NAME = "jvmmhelp" + ProcessHandle.current().pid() % 100_000;
  private static final GuestMemory NO_MEMORY = new GuestMemory(List.of());

  /** Makes an interface and sends its descriptor, with a byte, by the socket that it was given. */
  private static final String HONEST =
      """
      #!/usr/bin/perl
      my ($fd) = map { /^--fd=([0-9]+)$/ } @ARGV;
      my $flags = grep({ $_ eq "--use-vnet" } @ARGV) ? 0x5002 : 0x1002;
      grep({ $_ eq "--br=br7" } @ARGV) or die "no bridge";
      open(my $tun, "+<", "/dev/net/tun") or die;
      ioctl($tun, 0x400454ca, pack("a16 s x22", "NAME", $flags)) or die;
      my $iovec = pack("P Q", "x", 1);
      my $rights = pack("Q i i i x4", 20, 1, 1, fileno($tun));
      my $message = pack("Q L x4 P Q P Q i x4", 0, 0, $iovec, 1, $rights, length($rights), 0);
      syscall(46, $fd + 0, $message, 0) == 1 or die;
      """
          .replace("NAME", NAME);

  private final EventLoop loop = new EventLoop("test-io");
  @TempDir private Path folder;

  @AfterEach
  void close() {
    loop.close();
  }

  private Path program(String text) throws IOException {
    Path program = Files.writeString(folder.resolve("program"), text);
    assertThat(program.toFile().setExecutable(true)).isTrue();
    return program;
  }

  private TapNetwork open(Path program, boolean header) {
    TapConfig.Source source = new TapConfig.Helper(program.toString(), "br7");
    return TapNetwork.open(
        new TapConfig(source, header, 0, new Spelling("netdev", "tap,br=br7")), loop);
  }

  private static boolean isThere() {
    return Files.exists(Path.of("/sys/class/net", NAME));
  }

  @Test
  void program_givesAnInterface() throws IOException {
    boolean root = "root".equals(System.getProperty("user.name"));
    assumeTrue(root && Files.isWritable(Path.of(Tap.DEVICE)), "needs root and /dev/net/tun");
    Path program = program(HONEST);
    try (TapNetwork network = open(program, true)) {
      assertThat(isThere()).isTrue();
      assertThat(network.backend(NO_MEMORY).offloads() & NetFeatures.GUEST_CSUM).isNotZero();
      assertThat(network.notice()).isNull(); // the bridge's networks are its own
    }
    assertThat(isThere()).isFalse();
    try (TapNetwork network = open(program, false)) {
      assertThat(network.backend(NO_MEMORY).offloads()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "access denied by acl file | /etc/qemu/bridge.conf does not allow br7; have root add the"
            + " line: allow br7",
        "failed to create tun device: Operation not permitted | PROGRAM has not root's rights; have"
            + " root say: chmod u+s PROGRAM",
        "failed to get mtu of bridge `br7': No such device | there is no bridge br7; have root make"
            + " it by: ip link add br7 type bridge",
        "Usage: something else | PROGRAM has given no interface; it ended with status 1, said:"
            + " Usage: something else"
      })
  void complaint_isASentence(String complaint, String sentence) throws IOException {
    Path program = program("#!/bin/sh\ncat >&2 <<'.'\n" + complaint + "\nmore\n.\nexit 1\n");
    assertThatThrownBy(() -> open(program, true))
        .isInstanceOf(ConfigException.class)
        .hasMessage("netdev tap,br=br7: " + sentence.replace("PROGRAM", program.toString()));
  }

  @Test
  void programThatSaysNothing_isRefused() throws IOException {
    Path silent = program("#!/bin/sh\nkill -KILL $$\n");
    assertThatThrownBy(() -> open(silent, true))
        .hasMessage(
            "netdev tap,br=br7: %s has given no interface; it ended with status 137", silent);
  }

  @Test
  void programThatIsNot_isRefused() {
    assertThatThrownBy(() -> open(Path.of("/no/helper"), true))
        .hasMessage(
            "netdev tap,br=br7: /no/helper is not there; install the package qemu-system-common");
  }
}
