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
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sockets between guest and host, carried by the host's kernel, as Linux uses them.
 *
 * <p>Two guests serve most tests: under emulation a boot takes longer. The last test resets one.
 */
@Tag("linux")
@FirstLevel(seconds = 75)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class VsockLinuxTest {

  private static final int BYTES = 1 << 20;
  private static final int PC = 42;
  private static final int MICROVM = 43;
  private static final int OTHER = 44;
  private static final String HOST = "2";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Path PROGRAM =
      Path.of(System.getProperty("jvmm.checkout", "."), "integration-tests/guest/vsock");

  @TempDir Path folder;
  private final byte[] sent = new byte[BYTES];
  private int port = 5000;
  private @Nullable Guest pc;
  private @Nullable Guest microvm;

  @BeforeAll
  void boot() throws IOException {
    assumeTrue(Files.isWritable(Path.of("/dev/vhost-vsock")), "needs /dev/vhost-vsock");
    new Random(PC).nextBytes(sent);
    Guest one = Guest.start(machine(Guest.pc(), "vhost-vsock-pci,guest-cid=" + PC));
    pc = one;
    Guest two = Guest.start(machine(Guest.microvm(), "vhost-vsock-device,guest-cid=" + MICROVM));
    microvm = two;
    one.awaitBoot();
    two.awaitBoot();
    load(one, "virtio_pci");
    load(two, "virtio_mmio");
  }

  @AfterAll
  void close() {
    if (pc != null) {
      pc.close();
    }
    if (microvm != null) {
      microvm.close();
    }
  }

  private static MachineBuilder machine(MachineBuilder board, String device) {
    return board.initrd(GuestFiles.initrdWithPerl()).device(device);
  }

  private static void load(Guest guest, String bus) {
    guest.run("load " + bus + " vmw_vsock_virtio_transport");
  }

  @Test
  void pc_streamsBothWaysWhoeverConnects() throws Exception {
    Guest guest = Objects.requireNonNull(pc);
    guestConnects(guest);
    hostConnects(guest, PC);
    // INDIRECT_DESC, EVENT_IDX, VERSION_1, and what this device has of its own.
    assertThat(VirtioPciLinuxTest.features(guest)).contains("28 29 32");
    assertThat(VirtioPciLinuxTest.interrupts(guest)).contains("virtio0-rx", "virtio0-tx");
  }

  @Test
  void microvm_streamsBothWays() throws Exception {
    Guest guest = Objects.requireNonNull(microvm);
    guestConnects(guest);
    hostConnects(guest, MICROVM);
  }

  /** Notifications and interrupts come by other ways, and the same bytes. */
  @ParameterizedTest
  @ValueSource(strings = {",vectors=0,ioeventfd=off", ",vectors=2,event_idx=off"})
  void pc_streamsWhateverTheWayOfInterrupts(String properties) throws Exception {
    String device = "vhost-vsock-pci,guest-cid=" + OTHER + properties;
    try (Guest guest = Guest.boot(machine(Guest.pc(), device))) {
      load(guest, "virtio_pci");
      guestConnects(guest);
    }
  }

  @Test
  void addressOfAnotherGuest_isRefused() {
    MachineBuilder second = machine(Guest.pc(), "vhost-vsock-pci,guest-cid=" + PC).name("second");
    assertThatThrownBy(() -> Guest.boot(second).close())
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "device vhost-vsock-pci,guest-cid=42: guest-cid 42 is another guest's on this host;"
                + " give another");
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void resets_inTheMiddleOfTrafficLeaveADeviceThatWorks() throws Exception {
    Guest guest = Objects.requireNonNull(pc);
    Process endless = flood(guest, "4999");
    guest.run(
        "cd /sys/bus/virtio/drivers/vmw_vsock_virtio_transport; for i in 1 2 3; do"
            + " echo virtio0 >unbind; echo virtio0 >bind; done; cd /");
    endless.destroyForcibly().waitFor();
    guestConnects(guest);
    assertThat(VirtioPciLinuxTest.complaints(guest)).isEmpty();

    endless = flood(guest, "4998");
    guest.ask("reboot -f");
    guest.awaitBoot();
    endless.destroyForcibly().waitFor();
    load(guest, "virtio_pci");
    guestConnects(guest);
    hostConnects(guest, PC);
    assertThat(VirtioPciLinuxTest.complaints(guest)).isEmpty();
  }

  /** Has the guest send for ever; answers who takes it, once something has come. */
  private Process flood(Guest guest, String there) throws Exception {
    Path taken = folder.resolve("taken" + there);
    Process endless =
        new ProcessBuilder("perl", PROGRAM.toString(), "listen", there)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(taken.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    guest.run("(vsock connect 2 " + there + " </dev/zero >/dev/null 2>&1 &)");
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (Files.size(taken) == 0) {
      assertThat(System.nanoTime()).as("nothing comes").isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return endless;
  }

  /** The guest sends what the host sends, and both compare. */
  private void guestConnects(Guest guest) throws Exception {
    String here = Integer.toString(port++);
    Process host = host("listen", here);
    make(guest);
    guest.run("vsock connect " + HOST + " " + here + " </tmp/made >/tmp/came", PATIENCE);
    compare(guest, host);
  }

  private void hostConnects(Guest guest, int cid) throws Exception {
    String there = Integer.toString(port++);
    make(guest);
    guest.ask("vsock listen " + there + " </tmp/made >/tmp/came");
    Process host = host("connect", Integer.toString(cid), there);
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
    Files.write(folder.resolve("sent"), sent);
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
