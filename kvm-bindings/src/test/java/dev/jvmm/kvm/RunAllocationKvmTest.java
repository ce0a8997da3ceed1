package dev.jvmm.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kvm")
class RunAllocationKvmTest {

  private static final int EXITS = 20_000;

  /** Once C2 has compiled it: the interpreter and C1 make an object of each errno segment. */
  @Test
  void run_allocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    // loop: in al, 0x71; out 0x70, al; jmp loop
    try (TinyGuest guest = TinyGuest.realMode(0xE4, 0x71, 0xE6, 0x70, 0xEB, 0xFA)) {
      long allocated = Long.MAX_VALUE;
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (allocated != 0 && System.nanoTime() < deadline) {
        long before = threads.getCurrentThreadAllocatedBytes();
        int ports = exits(guest, EXITS);
        allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(ports).isEqualTo(EXITS / 2 * (0x71 + 0x70));
      }
      assertThat(allocated).isZero();
    }
  }

  private static int exits(TinyGuest guest, int count) {
    VcpuFd vcpu = guest.vcpu();
    KvmRun run = guest.kvmRun();
    int ports = 0;
    for (int i = 0; i < count; i++) {
      vcpu.run();
      ports += run.ioPort();
      if (run.ioDirection() == KvmRun.IO_IN) {
        run.setIoData(0, i);
      } else {
        ports += run.ioData(0) == ((i - 1) & 0xFF) ? 0 : 1_000_000;
      }
    }
    return ports;
  }
}
