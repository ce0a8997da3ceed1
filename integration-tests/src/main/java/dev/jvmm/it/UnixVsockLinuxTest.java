package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.it.guest.Guest;
import dev.jvmm.it.guest.GuestFiles;
import dev.jvmm.machine.MachineBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sockets between guest and host without the host's kernel, as Linux uses them. */
@Tag("linux")
@FirstLevel(seconds = 150)
class UnixVsockLinuxTest {

  private static final int BYTES = 1 << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;
  private final byte[] sent = new byte[BYTES];

  private Path socket() {
    return folder.resolve("v.sock");
  }

  @Test
  void pc_streamsBothWaysWhoeverConnectsAndAfterAReset() throws Exception {
    MachineBuilder machine =
        Guest.pc()
            .initrd(GuestFiles.initrdWithPerl())
            .device("virtio-vsock-pci,guest-cid=3,socket=" + socket());
    try (Guest guest = Guest.boot(machine)) {
      guest.run("load virtio_pci vmw_vsock_virtio_transport");
      guestConnects(guest, 5000);
      hostConnects(guest, 5001);
      guest.ask("reboot -f");
      guest.awaitBoot();
      guest.run("load virtio_pci vmw_vsock_virtio_transport");
      guestConnects(guest, 5002);
      hostConnects(guest, 5003);
      assertThat(VirtioPciLinuxTest.complaints(guest)).isEmpty();
    }
    assertThat(socket()).doesNotExist();
  }

  @Test
  void microvm_streamsBothWays() throws Exception {
    MachineBuilder machine =
        Guest.microvm()
            .initrd(GuestFiles.initrdWithPerl())
            .device("virtio-vsock-device,guest-cid=3,socket=" + socket());
    try (Guest guest = Guest.boot(machine)) {
      guest.run("load virtio_mmio vmw_vsock_virtio_transport");
      guestConnects(guest, 5000);
      hostConnects(guest, 5001);
    }
  }

  private void guestConnects(Guest guest, int port) throws Exception {
    make(guest);
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket() + "_" + port));
      guest.ask("vsock connect 2 " + port + " </tmp/made >/tmp/came");
      try (SocketChannel channel = server.accept()) {
        byte[] came = exchange(channel);
        guest.answer("vsock connect", PATIENCE);
        compare(guest, came);
      }
    }
  }

  /** Until somebody listens in the guest, a connection is closed without a word. */
  private void hostConnects(Guest guest, int port) throws Exception {
    make(guest);
    guest.ask("vsock listen " + port + " </tmp/made >/tmp/came");
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
        channel.write(ByteBuffer.wrap(("CONNECT " + port + "\n").getBytes(StandardCharsets.UTF_8)));
        if (line(channel).startsWith("OK ")) {
          byte[] came = exchange(channel);
          guest.answer("vsock listen", PATIENCE);
          compare(guest, came);
          return;
        }
      }
      assertThat(System.nanoTime()).as("nobody listens").isLessThan(deadline);
    }
  }

  private static String line(SocketChannel channel) throws IOException {
    StringBuilder line = new StringBuilder();
    ByteBuffer octet = ByteBuffer.allocate(1);
    while (channel.read(octet.clear()) > 0 && octet.get(0) != '\n') {
      line.append((char) octet.get(0));
    }
    return line.toString();
  }

  /** Sends ours and takes what comes, both at once, to both ends. */
  private byte[] exchange(SocketChannel channel) throws Exception {
    new Random(channel.hashCode()).nextBytes(sent);
    CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> send(channel));
    ByteArrayOutputStream came = new ByteArrayOutputStream();
    ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
    while (channel.read(bytes.clear()) >= 0) {
      came.write(bytes.array(), 0, bytes.position());
    }
    sending.get(10, TimeUnit.SECONDS);
    return came.toByteArray();
  }

  private void send(SocketChannel channel) {
    try {
      ByteBuffer all = ByteBuffer.wrap(sent);
      while (all.hasRemaining()) {
        channel.write(all);
      }
      channel.shutdownOutput();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void make(Guest guest) {
    guest.run("head -c " + BYTES + " /dev/urandom >/tmp/made");
  }

  private void compare(Guest guest, byte[] came) throws Exception {
    assertThat(guest.run("md5sum </tmp/came")).startsWith(md5(sent));
    assertThat(guest.run("md5sum </tmp/made")).startsWith(md5(came));
  }

  private static String md5(byte[] bytes) throws Exception {
    byte[] digest = MessageDigest.getInstance("MD5").digest(bytes);
    return "%032x".formatted(new BigInteger(1, digest));
  }
}
