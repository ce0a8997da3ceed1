package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.vm.ExitStatus;
import dev.jvmm.it.guest.Guest;
import dev.jvmm.it.guest.SerialLine;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The devices of a PC that have no test of their own, as Linux finds and uses them. */
@Tag("linux")
@FirstLevel(seconds = 15)
class DeviceLinuxTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String UUID = "6a5e2c1b-0f4d-4c3e-9b8a-7d6e5f4c3b2a";

  /** Lines of the kernel's log that say that something of ours is not as it should be. */
  static final String COMPLAINTS =
      "ACPI.*(Warning|Error|BIOS bug)|Firmware (Bug|Warn)|WARNING: CPU|No"
          + " controller|unexpected|Call Trace|[Ii]nvalid |nobody cared|not responding|timed"
          + " out|can.t get|[Ff]ailed|Spurious";

  @Test
  void pc_servesLinux() {
    try (SerialLine second = new SerialLine();
        SerialLine debug = new SerialLine();
        Guest guest =
            Guest.boot(
                Guest.pc()
                    .uuid(UUID)
                    .smbios("type=1,manufacturer=Makers,product=Product 7")
                    .fwCfg("name=opt/test/text,string=hello from the host")
                    .debugcon(debug.option())
                    .device("isa-debug-exit,iobase=0xf4,iosize=4"),
                second)) {
      checkLog(guest);
      checkSecondPort(guest, second);
      checkTables(guest);
      checkFwCfg(guest);
      checkKeyboard(guest);
      guest.run(out(0xe9, "o") + " && " + out(0xe9, "k"));
      debug.expect("ok", PATIENCE);
      assertThat(guest.run("dd if=/dev/port bs=1 skip=233 count=1 2>/dev/null | od -An -tx1"))
          .isEqualTo("e9");
      guest.ask(out(0xf4, "\\003"));
      assertThat(guest.awaitEnd())
          .isEqualTo(ExitStatus.of(ExitStatus.Reason.DEBUG_EXIT, (3 << 1) | 1));
    }
  }

  private static String out(int port, String octet) {
    return "printf '%s' | dd of=/dev/port bs=1 seek=%d 2>/dev/null".formatted(octet, port);
  }

  private static void checkLog(Guest guest) {
    assertThat(guest.run("dmesg | grep -E '" + COMPLAINTS + "' || true")).isEmpty();
  }

  private static void checkSecondPort(Guest guest, SerialLine second) {
    guest.ask("exec 3<>/dev/ttyS1; stty -F /dev/ttyS1 -echo; echo open >&3; read -r word <&3");
    second.expect("open", PATIENCE);
    second.send("word\n");
    guest.answer("read", PATIENCE);
    assertThat(guest.run("echo $word; exec 3>&-")).isEqualTo("word");
  }

  private static void checkTables(Guest guest) {
    assertThat(guest.run("cd /sys/class/dmi/id; cat sys_vendor product_name product_uuid; cd /"))
        .isEqualTo("Makers\nProduct 7\n" + UUID);
  }

  private static void checkFwCfg(Guest guest) {
    guest.run("insmod /lib/qemu_fw_cfg.ko");
    assertThat(guest.run("cat /sys/firmware/qemu_fw_cfg/by_name/opt/test/text/raw"))
        .isEqualTo("hello from the host");
  }

  private static void checkKeyboard(Guest guest) {
    assertThat(guest.run("cat /proc/bus/input/devices")).contains("AT Translated Set 2 keyboard");
  }
}
