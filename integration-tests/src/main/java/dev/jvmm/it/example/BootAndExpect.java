package dev.jvmm.it.example;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.vm.ExitStatus;
import dev.jvmm.core.vm.GuestStream;
import dev.jvmm.core.vm.VirtualMachine;
import dev.jvmm.machine.Machine;
import dev.jvmm.machine.disk.Disk;
import dev.jvmm.machine.net.Tap;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The examples of the library's page. Thread: stateless. */
public final class BootAndExpect {

  private BootAndExpect() {}

  /** Boots, converses, and has the guest power itself off. */
  public static @Nullable ExitStatus boot(Path kernel, Path initrd) throws InterruptedException {
    // @start region="boot"
    try (VirtualMachine vm =
        Machine.pc()
            .memory("512M")
            .cpus(2)
            .kernel(kernel)
            .initrd(initrd)
            .append("console=ttyS0 quiet")
            .start()) {
      GuestStream console = vm.console();
      console.expect("guest ready", Duration.ofMinutes(2));
      console.send("uname -r\n");
      String release =
          console.expect(Pattern.compile("\\d+\\.\\d+\\S*"), Duration.ofSeconds(10)).text();
      System.out.println("the guest runs Linux " + release);
      console.send("poweroff -f\n");
      return vm.await(Duration.ofSeconds(30)); // why it ended, and the guest's code
    }
    // @end
  }

  /** What a machine with a disk and a network is. */
  public static VirtualMachine whole(Path kernel, Path disk) {
    // @start region="whole"
    return Machine.pc()
        .name("web-1")
        .memory("2G")
        .cpus(4)
        .kernel(kernel)
        .append("console=ttyS0 root=/dev/vda")
        .disk(Disk.raw(disk).unmapping())
        .network(Tap.named("tap0").vhost().mac("52:54:00:00:00:01"))
        .port("org.example.agent")
        .noReboot()
        .build();
    // @end
  }

  /** Many machines on one thread for their devices. */
  public static void many(Path kernel, Path initrd) throws InterruptedException {
    // @start region="many"
    try (EventLoop loop = new EventLoop("guests")) {
      List<VirtualMachine> machines = new ArrayList<>();
      try {
        for (int i = 0; i < 4; i++) {
          machines.add(
              Machine.microvm().name("vm-" + i).loop(loop).kernel(kernel).initrd(initrd).start());
        }
        for (VirtualMachine machine : machines) {
          machine.await();
        }
      } finally {
        machines.forEach(VirtualMachine::close);
      }
    }
    // @end
  }

  /** What a guest that hangs looks like. */
  public static String look(VirtualMachine vm) {
    // @start region="look"
    vm.pause();
    long rip = vm.registers(0).rip();
    byte[] start = vm.read(0x1000, 16); // by guest-physical address
    String everything = vm.dump() + vm.console().tail();
    vm.resume();
    // @end
    return "%x %d %s".formatted(rip, start.length, everything);
  }
}
