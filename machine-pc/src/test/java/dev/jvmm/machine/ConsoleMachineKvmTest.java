package dev.jvmm.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jvmm.core.vm.Balloon;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.core.vm.VirtualMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Machines with consoles, a balloon and sources of entropy, from their making to their end. */
@Tag("kvm")
@Timeout(60)
class ConsoleMachineKvmTest {

  private static final String STATUS_4 = "66ba0105 b004 ee ebfe"; // out 0x501, 4; jmp

  @TempDir private Path folder;

  @BeforeAll
  static void kvmOpens() {
    Path kvm = Path.of("/dev/kvm");
    assumeTrue(Files.isReadable(kvm) && Files.isWritable(kvm), "/dev/kvm can't be opened");
  }

  private MachineBuilder machine(MachineBuilder machine, String bus) throws IOException {
    return machine
        .memory(4 << 20)
        .kernel(TinyKernel.write(folder, STATUS_4))
        .serial("null")
        .device("isa-debug-exit")
        .object("rng-random,id=r,filename=/dev/zero")
        .device("virtio-rng-" + bus + ",rng=r")
        .device("virtio-rng-" + bus + ",rng=r")
        .chardev("socket,id=c,server=on,wait=off,path=" + folder.resolve("c"))
        .chardev("null,id=p")
        .device("virtio-serial-" + bus + ",id=s")
        .device("virtconsole,chardev=c,bus=s.0")
        .device("virtserialport,chardev=p,name=org.jvmm.test")
        .device("virtio-balloon-" + bus + ",free-page-reporting=on");
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> entries = Files.list(Path.of("/proc/self/fd"))) {
      return entries.count();
    }
  }

  @Test
  void pc_runsWithThem_andLeavesNothingBehind() throws Exception {
    try (VirtualMachine vm = machine(Machine.pc(), "pci").build()) {
      vm.start();
      assertThat(vm.await().code()).isEqualTo(2 * 4 + 1);
    }
    long before = descriptors();
    try (VirtualMachine vm = machine(Machine.pc(), "pci").build()) {
      vm.start();
      assertThat(vm.await().code()).isEqualTo(2 * 4 + 1);
      assertThat(descriptors()).isGreaterThan(before);
    }
    assertThat(descriptors()).isLessThanOrEqualTo(before);
  }

  @Test
  void microvm_runsWithThem() throws Exception {
    try (VirtualMachine vm = machine(Machine.microvm(), "device").build()) {
      vm.start();
      assertThat(vm.await().code()).isEqualTo(2 * 4 + 1);
    }
  }

  @Test
  void balloon_isTheMachines() throws Exception {
    try (VirtualMachine vm = machine(Machine.pc(), "pci").build()) {
      Balloon balloon = Objects.requireNonNull(vm.balloon());
      vm.balloon(1 << 20);
      assertThat(balloon.actualBytes()).isEqualTo(4 << 20); // no driver has done anything
      assertThat(vm.memory().discard(0x1000, 0x1000)).isEqualTo(0x1000);
      assertThat(vm.memory().discard(4 << 20, 0x1000)).isZero();
    }
  }

  @Test
  void secondBalloon_isRefused() {
    assertThatThrownBy(
            () -> machine(Machine.pc(), "pci").device("virtio-balloon-pci").build().close())
        .isInstanceOf(ConfigException.class)
        .hasMessage("device virtio-balloon-pci: a machine has one balloon; leave this one out");
  }

  @Test
  void sourceThatIsNotThere_isRefused() {
    assertThatThrownBy(
            () ->
                machine(Machine.pc(), "pci")
                    .object("rng-random,id=x,filename=/does/not/exist")
                    .device("virtio-rng-pci,rng=x")
                    .build()
                    .close())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("object rng-random,id=x,filename=/does/not/exist: ")
        .hasMessageContaining("there is no such file");
  }
}
