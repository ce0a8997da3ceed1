package dev.jvmm.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jvmm.core.vm.VirtualMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Machines with disks, from their making to their end. */
@Tag("kvm")
@Timeout(60)
class DiskMachineKvmTest {

  /** Reads the identity of the PCI device in slot 2, function 0, and ends with its low byte. */
  private static final String IDENTITY =
      """
      66baf80c b800100080 ef   // mov dx, 0xcf8; mov eax, 0x80001000; out dx, eax
      66bafc0c ed              // mov dx, 0xcfc; in eax, dx
      c1e810                   // shr eax, 16
      66ba0105 ee              // mov dx, 0x501; out dx, al
      fa f4 ebfd               // cli; hlt; jmp
      """;

  private static final String RESET = "66baf90c b006 ee ebfe"; // out 0xcf9, 6; jmp

  @TempDir private Path folder;

  @BeforeAll
  static void kvmOpens() {
    Path kvm = Path.of("/dev/kvm");
    assumeTrue(Files.isReadable(kvm) && Files.isWritable(kvm), "/dev/kvm can't be opened");
  }

  private MachineBuilder machine(String code) throws IOException {
    Path image = folder.resolve("disk.img");
    if (!Files.exists(image)) {
      Files.write(image, new byte[1 << 16]);
    }
    return Machine.pc()
        .name("disky")
        .memory(4 << 20)
        .kernel(TinyKernel.write(folder, code))
        .serial("null")
        .device("isa-debug-exit")
        .object("iothread,id=t0")
        .drive("file=" + image + ",format=raw,if=none,id=d,aio=io_uring")
        .device("virtio-blk-pci,drive=d,iothread=t0,addr=2")
        .drive("driver=null-co,iops=10");
  }

  private static Set<String> threads() {
    Set<String> names = new TreeSet<>();
    Thread.getAllStackTraces().keySet().forEach(thread -> names.add(thread.getName()));
    names.removeIf(name -> !name.startsWith("disky"));
    return names;
  }

  @Test
  void guest_findsItsDisk_andNothingIsLeftBehind() throws Exception {
    for (int i = 0; i < 2; i++) { // the second finds the image unlocked
      try (VirtualMachine vm = machine(IDENTITY).build()) {
        assertThat(threads()).contains("disky-io", "disky-t0");
        vm.start();
        assertThat(vm.await().code()).isEqualTo(2 * 0x42 + 1);
      }
      assertThat(threads()).isEmpty();
    }
  }

  @Test
  void reset_keepsTheDisks() throws Exception {
    try (VirtualMachine vm = machine(RESET).startPaused().build()) {
      vm.start();
      vm.reset();
      vm.resume();
      vm.pause();
      vm.resume();
      vm.reset();
    }
    assertThat(threads()).isEmpty();
  }
}
