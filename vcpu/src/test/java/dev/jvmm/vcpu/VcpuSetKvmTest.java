package dev.jvmm.vcpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jvmm.core.bus.BusDevice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("kvm")
@Timeout(60)
class VcpuSetKvmTest {

  /** {@code jmp} to itself. */
  private static final String SPIN = "ebfe";

  @BeforeAll
  static void kvmOpens() {
    Path kvm = Path.of("/dev/kvm");
    assumeTrue(Files.isReadable(kvm) && Files.isWritable(kvm), "/dev/kvm can't be opened");
  }

  @Test
  void ports_reachTheirDevices() throws Exception {
    try (TinyMachine machine = new TinyMachine(1)) {
      machine.run("e480" /* in al, 0x80 */ + "0401" /* add al, 1 */ + "e680" /* out */ + SPIN);
      assertThat(machine.said.take()).isEqualTo(0x5B);
    }
  }

  @Test
  void unclaimedAccesses_readAllOnesAndAreCounted() throws Exception {
    try (TinyMachine machine = new TinyMachine(1)) {
      machine.run(
          """
          a1000000d0       // mov eax, [0xd0000000]
          8a1d000000d0     // mov bl, [0xd0000000]
          21d8             // and eax, ebx
          e680             // out 0x80, al
          e481             // in al, 0x81
          e680             // out 0x80, al
          a3000000d0       // mov [0xd0000000], eax
          e680             // out 0x80, al
          """
              + SPIN);
      assertThat(machine.said.take()).isEqualTo(0xFF);
      assertThat(machine.said.take()).isEqualTo(0xFF);
      machine.said.take();
      assertThat(machine.mmio.unclaimedReads()).isEqualTo(2);
      assertThat(machine.mmio.unclaimedWrites()).isEqualTo(1);
      assertThat(machine.ports.unclaimedReads()).isEqualTo(1);
    }
  }

  @Test
  void stringOutput_comesInItsOrder() throws Exception {
    try (TinyMachine machine = new TinyMachine(1)) {
      machine.load(0x3000, "0102030405");
      machine.run(
          "be00300000" /* mov esi, 0x3000 */
              + "b905000000" /* mov ecx, 5 */
              + "ba80000000" /* mov edx, 0x80 */
              + "f36e" /* rep outsb */
              + SPIN);
      for (long expected = 1; expected <= 5; expected++) {
        assertThat(machine.said.take()).isEqualTo(expected);
      }
    }
  }

  @Test
  void tripleFault_asksForAResetAndStandsStill() throws Exception {
    try (TinyMachine machine = new TinyMachine(1)) {
      machine.run("0f0b" /* ud2, with no IDT */ + "e680" + SPIN);
      assertThat(machine.requests.take()).isEqualTo("reset");
      machine.vcpus.pause();
      assertThat(machine.said).isEmpty();
    }
  }

  @Test
  void codeThatIsNoRam_endsInAReadableDump() throws Exception {
    try (TinyMachine machine = new TinyMachine(1)) {
      machine.run("b878563412" /* mov eax, 0x12345678 */ + "ea000000d01000" /* jmp far */);
      assertThat(machine.requests.take())
          .contains("KVM internal error 1: an instruction that it can't emulate")
          .contains("RAX=0000000012345678")
          .contains("RIP=00000000d0000000")
          .contains("code: not in RAM");
    }
  }

  @Test
  void deviceThatThrows_stopsThisMachineWithADump() throws Exception {
    try (TinyMachine machine = new TinyMachine(1)) {
      machine.ports.map(
          0x90,
          1,
          new BusDevice() {
            @Override
            public long read(long offset, int size) {
              throw new IllegalStateException("our defect");
            }

            @Override
            public void write(long offset, int size, long value) {}
          });
      machine.run("e490" /* in al, 0x90 */ + "e680" + SPIN);
      assertThat(machine.requests.take())
          .contains("a device of ours failed: java.lang.IllegalStateException: our defect")
          .contains("code: ")
          .contains("[e4] 90 e6 80");
      machine.vcpus.pause();
      assertThat(machine.said).isEmpty();
    }
  }

  @Test
  void pause_reachesAllVcpusWithin10MillisecondsAtP99() {
    try (TinyMachine machine = new TinyMachine(2)) {
      machine.run(SPIN);
      long[] nanos = new long[300];
      for (int i = 0; i < nanos.length; i++) {
        long start = System.nanoTime();
        machine.vcpus.pause();
        nanos[i] = System.nanoTime() - start;
        machine.vcpus.resume();
      }
      Arrays.sort(nanos);
      assertThat(nanos[nanos.length * 99 / 100]).isLessThan(10_000_000);
    }
  }

  @Test
  void pausedGuest_makesNoProgressAndGoesOnAfterwards() throws Exception {
    try (TinyMachine machine = new TinyMachine(1)) {
      AtomicLong count = new AtomicLong();
      machine.ports.map(0x90, 1, new Counter(count));
      machine.run("e690" /* out 0x90, al */ + "ebfc");
      awaitMoreThan(count, 0);
      for (int i = 0; i < 20; i++) {
        machine.vcpus.pause();
        long standing = count.get();
        Thread.onSpinWait();
        assertThat(count.get()).isEqualTo(standing);
        machine.vcpus.resume();
        awaitMoreThan(count, standing);
      }
    }
  }

  @Test
  void reset_bootsAnew() throws Exception {
    try (TinyMachine machine = new TinyMachine(2)) {
      String hello = "b042" /* mov al, 0x42 */ + "e680" + SPIN;
      machine.run(hello);
      assertThat(machine.said.take()).isEqualTo(0x42);
      for (int i = 0; i < 100; i++) {
        machine.vcpus.pause();
        machine.vm.controllers().reset();
        machine.vcpus.reset();
        machine.boot(hello);
        machine.vcpus.resume();
        assertThat(machine.said.take()).isEqualTo(0x42);
      }
    }
  }

  @Test
  void initAndSipi_start255Cpus() throws Exception {
    try (TinyMachine machine = new TinyMachine(255)) {
      // Application processors, in real mode at 0x8000: count themselves at 0x7000, then halt.
      machine.load(0x8000, "fa f0ff060070 f4 ebfd");
      machine.run(
          """
          c705f000e0feff010000   // mov dword [0xfee000f0], 0x1ff: APIC on
          c7050003e0fe00450c00   // mov dword [0xfee00300], 0xc4500: INIT to all but self
          b900000100             // mov ecx, 0x10000
          e2fe                   // loop to itself
          c7050003e0fe08460c00   // mov dword [0xfee00300], 0xc4608: SIPI at 0x8000
          66813d00700000fe00     // cmp word [0x7000], 254
          75f5                   // jne
          b042                   // mov al, 0x42
          e680                   // out 0x80, al
          """
              + SPIN);
      assertThat(machine.said.take()).isEqualTo(0x42);
    }
  }

  @Test
  void close_whileGuestsRunJoinsTheirThreads() {
    try (TinyMachine machine = new TinyMachine(3)) {
      machine.run(SPIN);
    }
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().startsWith("vcpu-"));
  }

  private record Counter(AtomicLong count) implements BusDevice {
    @Override
    public long read(long offset, int size) {
      return 0;
    }

    @Override
    public void write(long offset, int size, long value) {
      count.incrementAndGet();
    }
  }

  private static void awaitMoreThan(AtomicLong count, long standing) {
    while (count.get() <= standing) {
      Thread.onSpinWait();
    }
  }
}
