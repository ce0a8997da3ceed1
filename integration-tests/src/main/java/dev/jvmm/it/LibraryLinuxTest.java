package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.vm.ExitStatus;
import dev.jvmm.core.vm.GuestStream;
import dev.jvmm.core.vm.VirtualMachine;
import dev.jvmm.it.example.BootAndExpect;
import dev.jvmm.it.example.Thermometer;
import dev.jvmm.it.guest.Guest;
import dev.jvmm.it.guest.GuestFiles;
import dev.jvmm.machine.MachineBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Linux guests of a program: several at once, a device of its own, its end of the streams. */
@Tag("linux")
@FirstLevel(seconds = 50)
class LibraryLinuxTest {

  private static final Duration BOOT = Duration.ofMinutes(2);
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Pattern DONE = Pattern.compile("<status (\\d+)>\r?\n");

  /** The driver adds the port, and then its name, when it has been told of it. */
  private static final String PORT_ONCE_THERE =
      "until name=$(grep -l org.jvmm.agent /sys/class/virtio-ports/*/name); do sleep 0.1; done;"
          + " port=${name%/name} port=/dev/${port##*/}";

  private static String run(VirtualMachine vm, String command) throws InterruptedException {
    vm.console().send(command + "\n");
    GuestStream.Found found = vm.console().expect(DONE, PATIENCE);
    assertThat(found.groups().get(1)).as(found.before()).isEqualTo("0");
    return found.before().replace("\r\n", "\n").strip();
  }

  /** All boot before any is looked at; the first is closed first, and the others go on. */
  @Test
  void fourGuestsAtOnce_onOneLoop() throws InterruptedException {
    try (EventLoop loop = new EventLoop("four")) {
      List<VirtualMachine> machines = new ArrayList<>();
      try {
        for (MachineBuilder machine :
            List.of(
                Guest.pc().device("thermometer", new Thermometer()).port("org.jvmm.agent"),
                Guest.microvm(),
                Guest.pc().device("virtio-rng-pci"),
                Guest.microvm())) {
          machines.add(machine.loop(loop).start());
        }
        for (VirtualMachine machine : machines) {
          machine.console().expect("guest ready", BOOT);
        }
        readsTheThermometer(machines.getFirst());
        speaksToAnAgent(machines.getFirst());
        machines.removeFirst().close();
        assertThat(
                run(machines.get(1), "load virtio_pci virtio_rng; head -c 64 /dev/hwrng | wc -c"))
            .isEqualTo("64");
        for (VirtualMachine machine : machines) {
          assertThat(run(machine, "echo $((6 * 7))")).isEqualTo("42");
          machine.console().send("poweroff -f\n");
        }
        for (VirtualMachine machine : machines) {
          assertThat(machine.await(PATIENCE))
              .isEqualTo(ExitStatus.of(ExitStatus.Reason.GUEST_SHUTDOWN, 0));
        }
      } finally {
        machines.forEach(VirtualMachine::close);
      }
    }
  }

  private static void readsTheThermometer(VirtualMachine vm) throws InterruptedException {
    assertThat(run(vm, "dd if=/dev/port bs=1 skip=1792 count=4 2>/dev/null | od -An -tu4"))
        .isEqualTo("21500");
    assertThat(run(vm, "devmem 0xfed80000 32 0x7d0; devmem 0xfed80000 32")).isEqualTo("0x000007D0");
    String function =
        run(vm, "cd /sys/bus/pci/devices; grep -l 0x0517 */device | cut -d/ -f1; cd /");
    assertThat(run(vm, "cd /sys/bus/pci/devices/%s; cat vendor class; cd /".formatted(function)))
        .isEqualTo("0x1234\n0x118000");
    run(vm, "echo 1 >/sys/bus/pci/devices/%s/enable".formatted(function));
    assertThat(
            run(
                vm,
                "devmem $(head -n 1 /sys/bus/pci/devices/%s/resource | cut -d' ' -f1) 32"
                    .formatted(function)))
        .isEqualTo("0x000007D0");
  }

  private static void speaksToAnAgent(VirtualMachine vm) throws InterruptedException {
    run(vm, "load virtio_pci virtio_console");
    GuestStream agent = vm.port("org.jvmm.agent");
    run(vm, PORT_ONCE_THERE);
    run(vm, "(read -r word; echo got $word) <>$port >&0 &");
    agent.send("hello\n");
    assertThat(agent.receive(9, PATIENCE))
        .isEqualTo("got hello".getBytes(StandardCharsets.US_ASCII));
    assertThat(vm.console().tail()).contains("guest ready");
    assertThat(BootAndExpect.look(vm)).contains("jvmm: PAUSED", "RIP=");
  }

  @Test
  void bootAndExpect_isTheFirstExample() throws InterruptedException {
    assertThat(BootAndExpect.boot(GuestFiles.vmlinux(), GuestFiles.initrd()))
        .isEqualTo(ExitStatus.of(ExitStatus.Reason.GUEST_SHUTDOWN, 0));
  }
}
