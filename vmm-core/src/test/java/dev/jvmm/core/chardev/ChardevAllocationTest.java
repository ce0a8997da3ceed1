package dev.jvmm.core.chardev;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.jvmm.core.event.EventLoop;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** A guest's character costs the vCPU's thread no garbage. */
class ChardevAllocationTest {

  private static final int CHARACTERS = 50_000;
  private static final int ROUNDS = 10;

  @Test
  void write_allocatesNothingForACharacter() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (EventLoop loop = new EventLoop("test-io");
        Chardev chardev = Chardevs.open(new ChardevConfig.File("/dev/null", true), loop)) {
      chardev.connect(new GuestSide(chardev));
      long least = Long.MAX_VALUE;
      int taken = 0;
      for (int round = 0; round < ROUNDS; round++) { // the first ones warm up
        long before = threads.getCurrentThreadAllocatedBytes();
        taken += print(chardev);
        least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
      }

      assertThat(taken).isGreaterThan(CHARACTERS);
      // Waking the loop is a downcall, which C1 lets allocate a little; it comes once a batch.
      assertThat(least).isLessThan(CHARACTERS);
    }
  }

  private static int print(Chardev chardev) {
    byte[] one = {'x'};
    int taken = 0;
    for (int i = 0; i < CHARACTERS; i++) {
      taken += chardev.write(one, 0, 1);
    }
    return taken;
  }
}
