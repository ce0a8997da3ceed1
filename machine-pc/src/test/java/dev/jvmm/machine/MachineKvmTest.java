package dev.jvmm.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jvmm.core.chardev.ChardevConfig;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.core.vm.ExitStatus;
import dev.jvmm.core.vm.RunState;
import dev.jvmm.core.vm.VirtualMachine;
import dev.jvmm.core.vm.VmEvent;
import dev.jvmm.machine.net.NetworkConfig;
import dev.jvmm.machine.smbios.SmbiosIdentity;
import dev.jvmm.vcpu.cpuid.CpuConfig;
import dev.jvmm.vcpu.cpuid.CpuTopology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("kvm")
@Timeout(60)
class MachineKvmTest {

  private static final String HALT = "fa f4 ebfd"; // cli; hlt; jmp
  private static final String SPIN = "ebfe";

  /** Counts its boots in CMOS byte 0x50, and asks for a reset until it has counted {@code n}. */
  private static final String RESET_UNTIL =
      """
      b050 e670          // al = 0x50; out 0x70, al
      e471 0401          // in al, 0x71; add al, 1
      88c3               // mov bl, al
      b050 e670          // out 0x70, al
      88d8 e671          // mov al, bl; out 0x71, al
      80fb%s             // cmp bl, n
      750b               // jne reset
      66bA0105           // mov dx, 0x501
      88d8 ee            // mov al, bl; out dx, al
      fa f4 ebfd         // halt
      66baf90c           // reset: mov dx, 0xcf9
      b006 ee            // mov al, 6; out dx, al
      ebfe               // never reached
      """;

  private static final DeviceConfig DEBUG_EXIT = new DeviceConfig("isa-debug-exit", Map.of());

  @TempDir private Path folder;

  @BeforeAll
  static void kvmOpens() {
    Path kvm = Path.of("/dev/kvm");
    assumeTrue(Files.isReadable(kvm) && Files.isWritable(kvm), "/dev/kvm can't be opened");
  }

  private VirtualMachine machine(String code, VirtualMachine.Policy policy, int cpus)
      throws IOException {
    return MachineFactory.build(
        new MachineConfig(
            "tiny",
            BoardConfig.PC,
            new MemoryConfig(4 << 20, false),
            CpuConfig.HOST,
            CpuTopology.of(cpus),
            new BootConfig.Kernel(TinyKernel.write(folder, code), null, ""),
            Map.of("serial0", new ChardevConfig.Null()),
            List.of(new SerialConfig(1, "serial0")),
            List.of(DEBUG_EXIT),
            StorageConfig.NONE,
            NetworkConfig.NONE,
            RtcConfig.DEFAULT,
            SmbiosIdentity.DEFAULT,
            List.of(),
            policy,
            Spellings.NONE),
        Surroundings.NONE);
  }

  private VirtualMachine machine(String code) throws IOException {
    return machine(code, new VirtualMachine.Policy(false, false, false), 1);
  }

  @Test
  void build_refusalNamesWhatTheUserTyped() throws IOException {
    Path kernel = TinyKernel.write(folder, SPIN);
    refuses(
        Machine.pc().kernel(kernel).serial("file:/nope/x"),
        "serial file:/nope/x: its directory does not exist; make it or choose another path");
    refuses(
        Machine.pc().kernel(kernel).serial("unix:/nope/s,server=on,wait=off"),
        "serial unix:/nope/s,server=on,wait=off: its directory does not exist;");
    refuses(
        Machine.pc().kernel(kernel).noDefaults().chardev("file,id=c,path=/nope/x"),
        "chardev file,id=c,path=/nope/x: its directory does not exist;");
    refuses(
        Machine.pc().kernel(kernel).debugcon("file:/nope/x"),
        "debugcon file:/nope/x: its directory does not exist;");
    refuses(Machine.pc().kernel(kernel).serial("null").memory("size=3000T"), "m size=3000T: ");
  }

  private static void refuses(MachineBuilder builder, String sentence) {
    assertThatThrownBy(() -> builder.build().close())
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(sentence);
  }

  @Test
  void acpiPowerOff_endsWithCode0() throws Exception {
    try (VirtualMachine vm = machine("66ba0406 66b80020 66ef" /* outw 0x2000, 0x604 */ + SPIN)) {
      vm.start();
      assertThat(vm.await()).isEqualTo(ExitStatus.of(ExitStatus.Reason.GUEST_SHUTDOWN, 0));
    }
  }

  @Test
  void debugExit_endsWithTheGuestsCode() throws Exception {
    try (VirtualMachine vm = machine("66ba0105 b010 ee" + SPIN)) {
      vm.start();
      assertThat(vm.await()).isEqualTo(ExitStatus.of(ExitStatus.Reason.DEBUG_EXIT, 33));
    }
  }

  @Test
  void tripleFault_withNoRebootEnds() throws Exception {
    try (VirtualMachine vm = machine("0f0b", new VirtualMachine.Policy(false, true, false), 1)) {
      vm.start();
      assertThat(vm.await().reason()).isEqualTo(ExitStatus.Reason.GUEST_RESET);
    }
  }

  @Test
  void hundredResets_leakNothing() throws Exception {
    try (VirtualMachine warm = machine(RESET_UNTIL.formatted("02"))) {
      warm.start();
      warm.await();
    }
    try (VirtualMachine vm = machine(RESET_UNTIL.formatted("65"))) {
      LinkedBlockingQueue<VmEvent> events = new LinkedBlockingQueue<>();
      vm.onEvent(events::add);
      vm.start();
      long descriptors = descriptors();
      long threads = threads();
      long resident = residentKib();
      assertThat(vm.await()).isEqualTo(ExitStatus.of(ExitStatus.Reason.DEBUG_EXIT, 2 * 101 + 1));
      assertThat(descriptors()).isLessThanOrEqualTo(descriptors);
      assertThat(threads()).isLessThanOrEqualTo(threads + 1); // the control thread
      assertThat(residentKib()).isLessThan(resident + 32 * 1024);
      assertThat(events.stream().filter(new VmEvent.Reset(true)::equals)).hasSize(100);
    }
  }

  @Test
  void fiftyMachines_leaveNoDescriptorThreadOrMapping() throws Exception {
    runToItsEnd();
    long descriptors = descriptors();
    long mappings = mappings();
    for (int i = 0; i < 50; i++) {
      runToItsEnd();
    }
    assertThat(descriptors()).isLessThanOrEqualTo(descriptors);
    assertThat(mappings()).isLessThan(mappings + 20); // the JVM's own come and go
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().matches("vcpu-.*|tiny-.*"));
  }

  private void runToItsEnd() throws IOException, InterruptedException {
    try (VirtualMachine vm = machine("66ba0105 b001 ee" + SPIN)) {
      vm.start();
      vm.await();
    }
  }

  @Test
  void pauseAndResume_keepTheGuest() throws Exception {
    try (VirtualMachine vm = machine(SPIN)) {
      vm.start();
      for (int i = 0; i < 20; i++) {
        vm.pause();
        assertThat(vm.state()).isEqualTo(RunState.PAUSED);
        vm.resume();
      }
      vm.quit();
      assertThat(vm.await().reason()).isEqualTo(ExitStatus.Reason.HOST_QUIT);
    }
  }

  @Test
  void noShutdown_keepsTheMachineAndAResetBootsItAgain() throws Exception {
    try (VirtualMachine vm =
        machine(
            "66ba0406 66b80020 66ef" + SPIN, new VirtualMachine.Policy(false, false, true), 1)) {
      CountDownLatch shutdowns = new CountDownLatch(2);
      LinkedBlockingQueue<VmEvent> events = new LinkedBlockingQueue<>();
      vm.onEvent(events::add);
      vm.start();
      awaitShutdown(events, shutdowns);
      assertThat(vm.await(Duration.ofMillis(10))).isNull();
      vm.reset();
      vm.resume();
      awaitShutdown(events, shutdowns);
      assertThat(shutdowns.getCount()).isZero();
    }
  }

  private static void awaitShutdown(LinkedBlockingQueue<VmEvent> events, CountDownLatch count)
      throws InterruptedException {
    while (!(events.take() instanceof VmEvent.Shutdown)) {
      Thread.onSpinWait();
    }
    count.countDown();
  }

  @Test
  void twoMachines_knowNothingOfEachOther() throws Exception {
    try (VirtualMachine first = machine(HALT);
        VirtualMachine second =
            machine("66ba0105 b002 ee" + SPIN, new VirtualMachine.Policy(false, false, false), 2)) {
      first.start();
      second.start();
      assertThat(second.await().code()).isEqualTo(5);
      assertThat(first.state()).isEqualTo(RunState.RUNNING);
      assertThat(first.await(Duration.ofMillis(1))).isNull();
    }
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> entries = Files.list(Path.of("/proc/self/fd"))) {
      return entries.count();
    }
  }

  @Test
  void preallocatedMemory_isThereBeforeTheGuestRuns() throws Exception {
    long before = residentKib();
    try (VirtualMachine vm = Machine.pc().kernel(halting()).memory("64M").build()) {
      assertThat(vm.memory().sizeBytes()).isEqualTo(64 << 20);
      assertThat(residentKib()).isLessThan(before + 32 * 1024);
    }
    try (VirtualMachine vm =
        Machine.pc().kernel(halting()).memory("64M").preallocated(true).build()) {
      assertThat(vm.memory().sizeBytes()).isEqualTo(64 << 20);
      assertThat(residentKib()).isGreaterThan(before + 60 * 1024);
    }
  }

  @Test
  void memoryAboveTheHosts_isRefusedInOneSentence() throws Exception {
    refuses(
        Machine.pc().kernel(halting()).memory("1024T"),
        "m 1024T: more than this host can map; give less");
  }

  private Path halting() throws IOException {
    return TinyKernel.write(folder, HALT);
  }

  private static long residentKib() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElseThrow();
    }
  }

  private static long threads() throws IOException {
    try (Stream<Path> entries = Files.list(Path.of("/proc/self/task"))) {
      return entries.count();
    }
  }

  private static long mappings() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.count();
    }
  }
}
