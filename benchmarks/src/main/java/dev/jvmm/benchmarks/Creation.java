package dev.jvmm.benchmarks;

import dev.jvmm.core.vm.VirtualMachine;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * What making a machine costs in a warm JVM: from the first word to the builder until the guest's
 * first instruction has been seen in its memory, and closing it.
 */
public final class Creation {

  private static final double NANOS_PER_MILLISECOND = 1e6;

  private Creation() {}

  /**
   * Measures.
   *
   * @param arguments how often, how often before that to warm up, and a kernel that counts once
   */
  public static void main(String... arguments) {
    int runs = Integer.parseInt(arguments[0]);
    int warmUp = Integer.parseInt(arguments[1]);
    Path kernel = Path.of(arguments[2]);
    Samples create = new Samples();
    Samples close = new Samples();
    for (int i = -warmUp; i < runs; i++) {
      long start = System.nanoTime();
      VirtualMachine machine = JvmmGuest.machine(kernel);
      machine.start();
      MemorySegment counter = JvmmGuest.counter(machine);
      while (counter.get(ValueLayout.JAVA_INT, 0) == 0) {
        Thread.onSpinWait();
      }
      long running = System.nanoTime();
      machine.close();
      long end = System.nanoTime();
      if (i >= 0) {
        create.add((running - start) / NANOS_PER_MILLISECOND);
        close.add((end - running) / NANOS_PER_MILLISECOND);
      }
    }
    Samples.row("a machine in a warm JVM, ms", "min", "p50", "target p50", "QEMU min p50");
    create.print("create, to the guest's first instruction", 2, "3", new Samples());
    close.print("close", 2, "", new Samples());
    System.exit(0);
  }
}
