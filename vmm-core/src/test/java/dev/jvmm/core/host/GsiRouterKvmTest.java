package dev.jvmm.core.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jvmm.core.irq.MsiVector;
import dev.jvmm.kvm.Kvm;
import dev.jvmm.kvm.VcpuFd;
import dev.jvmm.kvm.VmFd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kvm")
class GsiRouterKvmTest {

  private static final long LAPIC_OF_CPU_0 = 0xFEE0_0000L;
  private static final int SPURIOUS = 0xF0;
  private static final int SPURIOUS_APIC_ENABLED = 0x1FF;
  private static final int REQUESTED = 0x200; // IRR: 32 vectors in each 16 bytes
  private static final int PIT_GSI = 0;
  private static final int IOAPIC = 2;
  private static final long REDIRECTION_OF_PIN_0 = 8 + 24; // in kvm_irqchip
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment lapic = arena.allocate(1024, 8);
  private Kvm kvm;
  private VmFd vm;
  private VcpuFd vcpu;
  private GsiRouter router;

  @BeforeAll
  static void kvmOpens() {
    Path kvm = Path.of("/dev/kvm");
    assumeTrue(Files.isReadable(kvm) && Files.isWritable(kvm), "/dev/kvm can't be opened");
  }

  @BeforeEach
  void makeVm() {
    kvm = Kvm.open();
    vm = kvm.createVm();
    vm.createIrqchip();
    vcpu = vm.createVcpu(0);
    router = new GsiRouter(vm);
    vcpu.getLapic(lapic);
    lapic.set(ValueLayout.JAVA_INT, SPURIOUS, SPURIOUS_APIC_ENABLED);
    vcpu.setLapic(lapic);
  }

  @AfterEach
  void close() {
    vcpu.close();
    vm.close();
    kvm.close();
    arena.close();
  }

  private boolean requested(int vector) {
    vcpu.getLapic(lapic);
    int word = lapic.get(ValueLayout.JAVA_INT, REQUESTED + vector / 32 * 16L);
    return (word >>> (vector % 32) & 1) != 0;
  }

  /** The kernel may hand an irqfd's signal to a thread of its own. */
  private boolean comes(int vector) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!requested(vector)) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      Thread.onSpinWait();
    }
    return true;
  }

  @Test
  void fire_sendsWhatWasProgrammed() {
    try (MsiVector first = router.newVector();
        MsiVector second = router.newVector()) {
      first.program(LAPIC_OF_CPU_0, 0x41);
      second.program(LAPIC_OF_CPU_0, 0x62);

      second.fire();

      assertThat(comes(0x62)).isTrue();
      assertThat(requested(0x41)).isFalse();
      first.fire();
      assertThat(comes(0x41)).isTrue();
    }
  }

  @Test
  void programmedAgain_sendsTheNewMessageOnly() {
    try (MsiVector vector = router.newVector()) {
      vector.program(LAPIC_OF_CPU_0, 0x41);
      vector.program(LAPIC_OF_CPU_0, 0x42);

      vector.fire();

      assertThat(comes(0x42)).isTrue();
      assertThat(requested(0x41)).isFalse();
    }
  }

  @Test
  void addressThatIsNoApics_sendsNothing() {
    try (MsiVector deaf = router.newVector();
        MsiVector after = router.newVector()) {
      deaf.program(0x1000, 0x41);
      after.program(LAPIC_OF_CPU_0, 0x51);

      deaf.fire();
      after.fire();

      assertThat(comes(0x51)).isTrue();
      assertThat(requested(0x41)).isFalse();
    }
  }

  @Test
  void closedVectors_giveTheirNumbersBack() {
    for (int i = 0; i < 5_000; i++) { // more than KVM routes
      router.newVector().close();
    }
    try (MsiVector vector = router.newVector()) {
      vector.program(LAPIC_OF_CPU_0, 0x41);
      vector.fire();

      assertThat(comes(0x41)).isTrue();
    }
  }

  /** A table with messages replaces KVM's, but not what the guest was told of the timer. */
  @Test
  void timer_staysOnPinZero() {
    MemorySegment chip = arena.allocate(520, 8);
    vm.getIrqchip(IOAPIC, chip);
    chip.set(ValueLayout.JAVA_LONG, REDIRECTION_OF_PIN_0, 0x71); // fixed, edge, CPU 0
    vm.setIrqchip(chip);
    try (MsiVector vector = router.newVector()) {
      vector.program(LAPIC_OF_CPU_0, 0x41);

      vm.irqLine(PIT_GSI, true);

      assertThat(comes(0x71)).isTrue();
    }
  }
}
