package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.vm.ExitStatus;
import dev.jvmm.core.vm.VirtualMachine;
import dev.jvmm.it.guest.Guest;
import dev.jvmm.it.guest.SerialLine;
import dev.jvmm.machine.Machine;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Consoles and serial ports of virtio, as Linux finds and uses them. */
@Tag("linux")
@FirstLevel(seconds = 60)
class VirtioConsoleLinuxTest {

  private static final int BYTES = System.getenv("JVMM_NESTED") == null ? 1 << 20 : 1 << 16;
  private static final String PORT = "/dev/vport0p2";
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** The driver adds a port, and then its name, when it has been told of it: after it is loaded. */
  private static final String NAME_ONCE_THERE =
      "until cat /sys/class/virtio-ports/vport0p2/name 2>/dev/null; do sleep 0.1; done";

  @Test
  void ports_carryAConsoleAndBytesEachWay() throws NoSuchAlgorithmException {
    try (SerialLine console = new SerialLine();
        SerialLine port = new SerialLine();
        Guest guest =
            Guest.boot(
                Guest.pc()
                    .device("virtio-serial-pci,id=s,max_ports=4")
                    .chardev(console.chardev("c"))
                    .device("virtconsole,chardev=c")
                    .chardev(port.chardev("p"))
                    .device("virtserialport,bus=s.0,nr=2,chardev=p,name=org.jvmm.test"))) {
      guest.run("load virtio_pci virtio_console");
      assertThat(guest.run(NAME_ONCE_THERE)).isEqualTo("org.jvmm.test");
      answersOn(guest, console);
      sendsWhole(guest, port);
      receivesWhole(guest, port);
      assertThat(VirtioPciLinuxTest.complaints(guest)).isEmpty();
    }
  }

  private static void answersOn(Guest guest, SerialLine console) {
    guest.run("stty -F /dev/hvc0 raw -echo; sh </dev/hvc0 >/dev/hvc0 2>&1 &");
    console.send("echo from $((6 * 7))\n");
    console.expect("from 42", PATIENCE);
  }

  private static void sendsWhole(Guest guest, SerialLine port) throws NoSuchAlgorithmException {
    guest.run("head -c " + BYTES + " /dev/urandom >/tmp/out");
    guest.ask("cat /tmp/out >" + PORT);
    byte[] output = port.expectBytes(BYTES, PATIENCE);
    guest.answer("cat", PATIENCE);
    assertThat(guest.run("md5sum </tmp/out")).startsWith(md5(output));
  }

  private static void receivesWhole(Guest guest, SerialLine port) throws NoSuchAlgorithmException {
    byte[] input = new byte[BYTES];
    new Random(53).nextBytes(input);
    guest.ask("head -c " + BYTES + " " + PORT + " | md5sum");
    port.send(input);
    assertThat(guest.answer("head", PATIENCE)).startsWith(md5(input));
  }

  /** While nobody is there a read ends; what waits is read when somebody comes. */
  @Test
  void hostThatComesAndGoes_isSeen(@TempDir Path folder) throws IOException {
    Path path = folder.resolve("port");
    try (Guest guest =
        Guest.boot(
            Guest.pc()
                .chardev("socket,id=p,server=on,wait=off,path=" + path)
                .device("virtio-serial-pci")
                .device("virtserialport,chardev=p,nr=2"))) {
      guest.run("load virtio_pci virtio_console");
      assertThat(guest.run("head -c 1 " + PORT + " | wc -c")).isEqualTo("0");
      for (int visit = 0; visit < 3; visit++) {
        try (SocketChannel host = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
          host.write(ByteBuffer.wrap("ping\n".getBytes(StandardCharsets.US_ASCII)));
          guest.run("until read -r word <" + PORT + "; do :; done; echo $word >" + PORT);
          ByteBuffer answer = ByteBuffer.allocate(5);
          while (answer.hasRemaining() && host.read(answer) >= 0) {}
          assertThat(new String(answer.array(), StandardCharsets.US_ASCII)).isEqualTo("ping\n");
          guest.ask("cat " + PORT + " | wc -c");
        }
        assertThat(guest.answer("cat", PATIENCE)).isEqualTo("0");
      }
    }
  }

  @Test
  void loneConsole_isTheDefaultGuests() throws InterruptedException {
    try (SerialLine console = new SerialLine();
        VirtualMachine vm =
            Machine.pc()
                .noDefaults()
                .chardev(console.chardev("c"))
                .device("virtio-serial-pci")
                .device("virtconsole,chardev=c")
                .build()) {
      vm.start();
      console.expect("/ # ", Duration.ofSeconds(90));
      console.send("tty; echo $((6 * 7))\r");
      assertThat(console.expect("42\r\n", PATIENCE)).contains("/dev/hvc0");
      console.send("poweroff\r");
      ExitStatus status = vm.await(PATIENCE);
      assertThat(status).isEqualTo(ExitStatus.of(ExitStatus.Reason.GUEST_SHUTDOWN, 0));
    }
  }

  @Test
  void microvm_hasAConsoleToo() {
    try (SerialLine console = new SerialLine();
        Guest guest =
            Guest.boot(
                Guest.microvm()
                    .chardev(console.chardev("c"))
                    .device("virtio-serial-device")
                    .device("virtconsole,chardev=c"))) {
      guest.run("load virtio_mmio virtio_console");
      answersOn(guest, console);
    }
  }

  private static String md5(byte[] bytes) throws NoSuchAlgorithmException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
  }
}
