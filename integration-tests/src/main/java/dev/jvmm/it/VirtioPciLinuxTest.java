package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.vm.ExitStatus;
import dev.jvmm.it.guest.Guest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Virtio on PCI as Linux finds and uses it, by the entropy device. */
@Tag("linux")
@FirstLevel(seconds = 75)
class VirtioPciLinuxTest {

  private static final String FUNCTION = "/sys/bus/pci/devices/0000:00:02.0";
  private static final String READ = "dd if=/dev/hwrng bs=64 count=8 2>/dev/null | wc -c";
  private static final String DRIVERS = "load virtio_pci virtio_rng";

  @Test
  void modernDevice_isWhatQemusIs() {
    try (Guest guest = Guest.boot(Guest.pc().device("virtio-rng-pci"))) {
      assertThat(identity(guest)).isEqualTo("0x1af4 0x1044 0x01 0x00ff00 0x1af4 0x1100");
      guest.run(DRIVERS);
      assertThat(features(guest)).isEqualTo("28 29 32 40");
      assertThat(guest.run("cat /sys/bus/virtio/devices/virtio0/status")).isEqualTo("0x0000000f");
      assertThat(guest.run(READ)).isEqualTo("512");
      assertThat(interrupts(guest)).contains("PCI-MSI");
      assertThat(messages(guest)).isPositive();
      assertThat(complaints(guest)).isEmpty();
    }
  }

  @Test
  void transitionalDevice_servesBothDrivers() {
    try (Guest guest = Guest.boot(Guest.pc().device("virtio-rng-pci,disable-legacy=off"))) {
      assertThat(identity(guest)).isEqualTo("0x1af4 0x1005 0x00 0x00ff00 0x1af4 0x0004");
      guest.run(DRIVERS);
      assertThat(features(guest)).isEqualTo("28 29 32 40");
      assertThat(guest.run(READ)).isEqualTo("512");

      guest.run("rmmod virtio_pci && insmod /lib/virtio_pci.ko force_legacy=1");

      assertThat(features(guest)).isEqualTo("28 29");
      assertThat(guest.run(READ)).isEqualTo("512");
      assertThat(interrupts(guest)).contains("PCI-MSI");
      assertThat(complaints(guest)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",disable-legacy=off", ",vectors=0"})
  void withoutMessages_thePinInterrupts(String property) {
    String words = Guest.COMMAND_LINE + " pci=nomsi";
    try (Guest guest = Guest.boot(Guest.pc().append(words).device("virtio-rng-pci" + property))) {
      guest.run("load virtio_pci; rmmod virtio_pci; insmod /lib/virtio_pci.ko force_legacy=1");
      guest.run(DRIVERS);
      assertThat(guest.run(READ)).isEqualTo("512");
      assertThat(interrupts(guest)).contains("IO-APIC").contains("virtio0");
      assertThat(complaints(guest)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ioeventfd=off", "event_idx=off,indirect_desc=off", "vectors=1"})
  void properties_areWhatTheGuestSees(String properties) {
    try (Guest guest = Guest.boot(Guest.pc().device("virtio-rng-pci," + properties))) {
      guest.run(DRIVERS);
      assertThat(features(guest))
          .isEqualTo(properties.startsWith("event") ? "32 40" : "28 29 32 40");
      assertThat(guest.run(READ)).isEqualTo("512");
      assertThat(complaints(guest)).isEmpty();
    }
  }

  /** The BARs go and come back elsewhere, the doorbells with them. */
  @Test
  void function_isRemovedFoundAndBoundAgain() {
    try (Guest guest = Guest.boot(Guest.pc().device("virtio-rng-pci"))) {
      guest.run(DRIVERS);
      guest.run(
          "for i in 1 2 3; do echo 1 >" + FUNCTION + "/remove; echo 1 >/sys/bus/pci/rescan; done");
      assertThat(guest.run(READ)).isEqualTo("512");
      guest.run(
          "cd /sys/bus/pci/drivers/virtio-pci; for i in 1 2 3; do"
              + " echo 0000:00:02.0 >unbind; echo 0000:00:02.0 >bind; done; cd /");
      assertThat(guest.run(READ)).isEqualTo("512");
      assertThat(complaints(guest)).isEmpty();
    }
  }

  @Test
  void places_areWhereTheUserSays() {
    try (Guest guest =
        Guest.boot(
            Guest.pc()
                .device("virtio-rng-pci,addr=1d.0,multifunction=on")
                .device("virtio-rng-pci,bus=pci.0,addr=1d.3")
                .device("virtio-rng-pci"))) {
      assertThat(guest.run("ls /sys/bus/pci/devices"))
          .contains("0000:00:1d.0", "0000:00:1d.3", "0000:00:02.0");
      guest.run(DRIVERS);
      guest.run(
          "for i in 0 1 2; do"
              + " echo virtio_rng.$i >/sys/class/misc/hw_random/rng_current; "
              + READ
              + "; done");
      assertThat(complaints(guest)).isEmpty();
    }
  }

  @Test
  void reset_inTheMiddleOfReadingEndsInAGuestThatReads() {
    try (Guest guest = Guest.boot(Guest.pc().device("virtio-rng-pci"))) {
      guest.run(DRIVERS);
      guest.run("(dd if=/dev/hwrng of=/dev/null bs=64 &) 2>/dev/null; sleep 1");
      guest.ask("reboot -f");
      guest.awaitBoot();
      guest.run(DRIVERS);
      assertThat(guest.run(READ)).isEqualTo("512");
      assertThat(guest.powerOff().reason()).isEqualTo(ExitStatus.Reason.GUEST_SHUTDOWN);
    }
  }

  private static String identity(Guest guest) {
    return guest.run(
        "cd "
            + FUNCTION
            + "; echo $(cat vendor device revision class subsystem_vendor"
            + " subsystem_device); cd /");
  }

  /** The bits that driver and device have agreed on. */
  static String features(Guest guest) {
    return guest.run(
        "s=$(cat /sys/bus/virtio/devices/virtio*/features | head -n 1); i=0; o=;"
            + " while [ -n \"$s\" ]; do case $s in 1*) o=\"$o $i\" ;; esac; s=${s#?}; i=$((i+1));"
            + " done; echo $o");
  }

  static String interrupts(Guest guest) {
    return guest.run("grep virtio /proc/interrupts");
  }

  /** How many interrupts the first queue had on CPU 0. */
  private static int messages(Guest guest) {
    return Integer.parseInt(
        guest.run("grep virtio0-input /proc/interrupts | while read -r n c r; do echo $c; done"));
  }

  static String complaints(Guest guest) {
    return guest.run(
        "dmesg | grep -E '" + DeviceLinuxTest.COMPLAINTS + "|virtio.*(error|fail)' || true");
  }
}
