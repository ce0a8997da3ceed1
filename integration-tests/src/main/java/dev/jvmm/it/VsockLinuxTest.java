package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.it.guest.Guest;
import dev.jvmm.it.guest.GuestFiles;
import dev.jvmm.machine.MachineBuilder;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sockets between guest and host, carried by the host's kernel, as Linux uses them. */
@Tag("linux")
@FirstLevel(seconds = 240)
class VsockLinuxTest {

  private static final int BYTES = 4 << 20;
  private static final int CID = 42;
  private static final String HOST = "2";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Path PROGRAM =
      Path.of(System.getProperty("jvmm.checkout", "."), "integration-tests/guest/vsock");

  @TempDir Path folder;
  private final byte[] sent = new byte[BYTES];
  private int port = 5000;

  @BeforeAll
  static void deviceCanBeOpened() {
    assumeTrue(Files.isWritable(Path.of("/dev/vhost-vsock")), "needs /dev/vhost-vsock");
  }

  @BeforeEach
  void fill() throws IOException {
    new Random(CID).nextBytes(sent);
    Files.write(folder.resolve("sent"), sent);
  }

  private static MachineBuilder pc(String properties) {
    return Guest.pc()
        .initrd(GuestFiles.initrdWithPerl())
        .device("vhost-vsock-pci,guest-cid=" + CID + properties);
  }

  private static void load(Guest guest, String bus) {
    guest.run("load " + bus + " vmw_vsock_virtio_transport");
  }

  @Test
  void pc_streamsBothWaysWhoeverConnects() throws Exception {
    try (Guest guest = Guest.boot(pc(""))) {
      load(guest, "virtio_pci");
      guestConnects(guest);
      hostConnects(guest);
      // INDIRECT_DESC, EVENT_IDX, VERSION_1, and what this device has of its own.
      assertThat(VirtioPciLinuxTest.features(guest)).contains("28 29 32");
      assertThat(VirtioPciLinuxTest.interrupts(guest)).contains("virtio0-rx", "virtio0-tx");
      assertThat(VirtioPciLinuxTest.complaints(guest)).isEmpty();
    }
  }

  @Test
  void microvm_streamsBothWays() throws Exception {
    MachineBuilder machine =
        Guest.microvm()
            .initrd(GuestFiles.initrdWithPerl())
            .device("vhost-vsock-device,guest-cid=" + CID);
    try (Guest guest = Guest.boot(machine)) {
      load(guest, "virtio_mmio");
      guestConnects(guest);
      hostConnects(guest);
    }
  }

  /** Notifications and interrupts come by other ways, and the same bytes. */
  @ParameterizedTest
  @ValueSource(strings = {",vectors=0", ",ioeventfd=off", ",vectors=2,event_idx=off"})
  void pc_streamsWhateverTheWayOfInterrupts(String properties) throws Exception {
    try (Guest guest = Guest.boot(pc(properties))) {
      load(guest, "virtio_pci");
      guestConnects(guest);
    }
  }

  @Test
  void resets_inTheMiddleOfTrafficLeaveADeviceThatWorks() throws Exception {
    try (Guest guest = Guest.boot(pc(""))) {
      load(guest, "virtio_pci");
      Process endless = host("listen", "4999");
      guest.run("(vsock connect 2 4999 </dev/zero >/dev/null 2>&1 &); sleep 1");
      guest.run(
          "cd /sys/bus/virtio/drivers/vmw_vsock_virtio_transport; for i in 1 2 3; do"
              + " echo virtio0 >unbind; echo virtio0 >bind; done; cd /");
      guestConnects(guest);
      endless.destroyForcibly().waitFor();

      endless = host("listen", "4998");
      guest.run("(vsock connect 2 4998 </dev/zero >/dev/null 2>&1 &); sleep 1");
      guest.ask("reboot -f");
      guest.awaitBoot();
      load(guest, "virtio_pci");
      guestConnects(guest);
      hostConnects(guest);
      endless.destroyForcibly().waitFor();
      assertThat(VirtioPciLinuxTest.complaints(guest)).isEmpty();
    }
  }

  @Test
  void addressOfAnotherGuest_isRefused() {
    try (Guest guest = Guest.boot(pc(""))) {
      assertThatThrownBy(() -> Guest.boot(pc("").name("second")).close())
          .isInstanceOf(ConfigException.class)
          .hasMessage(
              "device vhost-vsock-pci,guest-cid=42: guest-cid 42 is another guest's on this host;"
                  + " give another");
      load(guest, "virtio_pci");
    }
  }

  /** The guest sends what the host sends, and both compare. */
  private void guestConnects(Guest guest) throws Exception {
    String here = Integer.toString(port++);
    Process host = host("listen", here);
    make(guest);
    guest.run("vsock connect " + HOST + " " + here + " </tmp/made >/tmp/came", PATIENCE);
    compare(guest, host);
  }

  private void hostConnects(Guest guest) throws Exception {
    String there = Integer.toString(port++);
    make(guest);
    guest.ask("vsock listen " + there + " </tmp/made >/tmp/came");
    Process host = host("connect", Integer.toString(CID), there);
    guest.answer("vsock listen", PATIENCE);
    compare(guest, host);
  }

  private static void make(Guest guest) {
    guest.run("head -c " + BYTES + " /dev/urandom >/tmp/made");
  }

  private void compare(Guest guest, Process host) throws Exception {
    assertThat(host.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(folder.resolve("said"))).isEmpty();
    assertThat(guest.run("md5sum </tmp/came")).startsWith(md5(sent));
    assertThat(guest.run("md5sum </tmp/made"))
        .startsWith(md5(Files.readAllBytes(folder.resolve("came"))));
  }

  private Process host(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("perl", PROGRAM.toString()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectInput(folder.resolve("sent").toFile())
        .redirectOutput(folder.resolve("came").toFile())
        .redirectError(folder.resolve("said").toFile())
        .start();
  }

  private static String md5(byte[] bytes) throws Exception {
    byte[] digest = MessageDigest.getInstance("MD5").digest(bytes);
    return "%032x".formatted(new BigInteger(1, digest));
  }
}
