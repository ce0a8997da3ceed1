package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.vm.ExitStatus;
import dev.jvmm.core.vm.VmEvent;
import dev.jvmm.it.guest.Guest;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every way in which Linux asks for a reset leads to a new boot, or with -no-reboot to the end. */
@Tag("linux")
@FirstLevel(seconds = 45)
class ResetLinuxTest {

  /** What of the new boot's time has passed when its init is asked, at most. */
  private static final int NEW_BOOT_SECONDS = 60;

  /** Kinds that the kernel can be told at run time; each of them once, on the same machine. */
  private static final List<String> KINDS = List.of("acpi", "kbd", "pci", "triple");

  private static final String PANIC = "echo c >/proc/sysrq-trigger";

  @Test
  void reset_bootsAnew() {
    List<VmEvent> resets = new CopyOnWriteArrayList<>();
    try (Guest guest = Guest.boot(Guest.pc().cpus(2))) {
      guest
          .vm()
          .onEvent(
              event -> {
                if (event instanceof VmEvent.Reset) {
                  resets.add(event);
                }
              });
      for (String kind : KINDS) {
        guest.run("echo %s >/sys/kernel/reboot/type; touch /tmp/old".formatted(kind));
        guest.ask("reboot -f");
        awaitNewBoot(guest);
      }
      guest.run("echo -1 >/proc/sys/kernel/panic; touch /tmp/old");
      guest.ask(PANIC);
      awaitNewBoot(guest);
      assertThat(resets).hasSize(KINDS.size() + 1).containsOnly(new VmEvent.Reset(true));
      assertThat(guest.powerOff().reason()).isEqualTo(ExitStatus.Reason.GUEST_SHUTDOWN);
    }
  }

  private static void awaitNewBoot(Guest guest) {
    guest.awaitBoot();
    assertThat(guest.run("ls /tmp")).isEmpty();
    assertThat(guest.run("nproc")).as(() -> guest.run("dmesg | grep -i smp")).isEqualTo("2");
    assertThat(Double.parseDouble(guest.run("cut -d' ' -f1 /proc/uptime")))
        .isLessThan(NEW_BOOT_SECONDS);
  }

  @Test
  void panicWithoutReboot_endsMachine() {
    String panics = Guest.COMMAND_LINE + " panic=-1";
    try (Guest guest = Guest.boot(Guest.pc().append(panics).noReboot())) {
      guest.ask(PANIC);
      assertThat(guest.awaitEnd()).isEqualTo(ExitStatus.of(ExitStatus.Reason.GUEST_RESET, 0));
      assertThat(guest.console().tail()).contains("Kernel panic");
    }
  }

  @Test
  void resetFromHost_bootsAnew() {
    try (Guest guest = Guest.boot(Guest.pc())) {
      guest.run("touch /tmp/old");
      guest.vm().reset();
      guest.awaitBoot();
      assertThat(guest.run("ls /tmp")).isEmpty();
    }
  }
}
