package dev.jvmm.core.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jvmm.core.event.Doorbell;
import dev.jvmm.core.event.EventLoop;
import dev.jvmm.kvm.ExitReason;
import dev.jvmm.kvm.KvmRegs;
import dev.jvmm.kvm.KvmSregs;
import dev.jvmm.kvm.SegmentRegister;
import dev.jvmm.kvm.VcpuFd;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kvm")
class IoEventsKvmTest {

  private static final int CODE = 0x1000;
  private static final int PORT = 0x40E0;
  private static final int PATIENCE_SECONDS = 10;

  /** mov dx, PORT; again: mov ax, 7; out dx, ax; out dx, al; jmp again. */
  private static final byte[] RINGS = {
    (byte) 0xBA,
    (byte) PORT,
    PORT >> 8,
    (byte) 0xB8,
    7,
    0,
    (byte) 0xEF,
    (byte) 0xEE,
    (byte) 0xEB,
    -7
  };

  private final Arena arena = Arena.ofConfined();
  private final EventLoop loop = new EventLoop("test-io");
  private final Semaphore rings = new Semaphore(0);
  private HostVm vm;
  private VcpuFd vcpu;
  private Doorbell bell;

  @BeforeAll
  static void kvmOpens() {
    Path kvm = Path.of("/dev/kvm");
    assumeTrue(Files.isReadable(kvm) && Files.isWritable(kvm), "/dev/kvm can't be opened");
  }

  @BeforeEach
  void makeVm() {
    vm = HostVm.create(List.of(new HostVm.Ram(0, 2 << 20)), false);
    vm.memory().write(CODE, RINGS);
    vcpu = vm.createVcpu(0);
    KvmSregs sregs = KvmSregs.allocate(arena);
    vcpu.getSregs(sregs);
    SegmentRegister cs = sregs.segment(KvmSregs.CS);
    sregs.setSegment(KvmSregs.CS, new SegmentRegister(0, 0, cs.limit(), cs.accessRights()));
    vcpu.setSregs(sregs);
    KvmRegs regs = KvmRegs.allocate(arena);
    regs.setRip(CODE);
    regs.setRflags(2);
    vcpu.setRegs(regs);
    bell = vm.doorbells().newDoorbell(loop, rings::release);
  }

  @AfterEach
  void close() {
    bell.close();
    loop.close();
    vcpu.close();
    vm.close();
    arena.close();
  }

  private boolean rang() throws InterruptedException {
    return rings.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void writeThatMatches_ringsWithoutAnExit() throws Exception {
    assertThat(bell.hang(Doorbell.Place.port(PORT, 2, 7))).isTrue();

    vcpu.run(); // past the word, as far as the byte

    assertThat(vcpu.kvmRun().exitReason()).isEqualTo(ExitReason.IO);
    assertThat(vcpu.kvmRun().ioSize()).isEqualTo(1);
    assertThat(rang()).isTrue();
  }

  /** Nobody drains the counter, so each ring must be an edge of its own. */
  @Test
  void everyRing_isHeard() throws Exception {
    bell.hang(Doorbell.Place.port(PORT, 2, 7));

    for (int i = 0; i < 1_000; i++) {
      vcpu.run();
      assertThat(rang()).isTrue();
    }
  }

  @Test
  void takenDown_writesExitAgain() {
    bell.hang(Doorbell.Place.port(PORT, 2, 7));
    bell.unhang();

    vcpu.run();

    assertThat(vcpu.kvmRun().ioSize()).isEqualTo(2);
  }

  @Test
  void placeThatIsTaken_isRefused() {
    bell.hang(Doorbell.Place.port(PORT, 2, 7));
    try (Doorbell other = vm.doorbells().newDoorbell(loop, () -> {})) {
      assertThat(other.hang(Doorbell.Place.port(PORT, 2, 7))).isFalse();
    }
  }
}
