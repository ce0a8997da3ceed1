package dev.jvmm.benchmarks;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.vm.VirtualMachine;
import dev.jvmm.machine.Machine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What many machines in one JVM cost, all of them on one event loop. */
public final class Scale {

  private static final double NANOS_PER_MILLISECOND = 1e6;
  private static final double KIB_PER_MIB = 1024;

  private final Path halting;
  private final Path ending;
  private final ExecutorService closers;
  private final EventLoop loop = new EventLoop("scale");

  private Scale(Path halting, Path ending, ExecutorService closers) {
    this.halting = halting;
    this.ending = ending;
    this.closers = closers;
  }

  /**
   * Measures.
   *
   * @param arguments how many at once; how many one after the other; a kernel that halts, and one
   *     that ends its machine by isa-debug-exit
   */
  public static void main(String... arguments) throws InterruptedException, ExecutionException {
    int many = Integer.parseInt(arguments[0]);
    int turns = Integer.parseInt(arguments[1]);
    try (ExecutorService closers = Executors.newFixedThreadPool(8)) {
      Scale scale = new Scale(Path.of(arguments[2]), Path.of(arguments[3]), closers);
      Samples.row("machines in one JVM", "min", "p50", "target p50", "QEMU min p50");
      scale.atOnce(many);
      scale.oneAfterTheOther(turns);
      scale.loop.close();
    }
    System.exit(0);
  }

  private VirtualMachine halting() {
    return Machine.pc().memory("2M").kernel(halting).serial("null").loop(loop).start();
  }

  private void atOnce(int many) throws InterruptedException, ExecutionException {
    closeOverlapping(start(many)); // until everything is loaded and compiled
    Samples memory = new Samples();
    Samples threads = new Samples();
    Samples close = new Samples();
    for (int i = 0; i < 3; i++) {
      List<VirtualMachine> first = start(many / 2);
      Held half = Held.now();
      List<VirtualMachine> second = start(many - many / 2);
      Held all = Held.now();
      memory.add((all.pssKib() - half.pssKib()) / KIB_PER_MIB / second.size());
      threads.add((double) (all.threads() - half.threads()) / second.size());
      first.addAll(second);
      long start = System.nanoTime();
      closeOverlapping(first);
      close.add((System.nanoTime() - start) / NANOS_PER_MILLISECOND / many);
    }
    memory.print("memory of one more of " + many + ", MB Pss", 2, "2", new Samples());
    threads.print("threads of one more of " + many, 2, "", new Samples());
    close.print("closes that overlap, ms a machine", 2, "", new Samples());
  }

  private List<VirtualMachine> start(int count) {
    List<VirtualMachine> machines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      machines.add(halting());
    }
    return machines;
  }

  private void closeOverlapping(List<VirtualMachine> machines)
      throws InterruptedException, ExecutionException {
    List<Future<?>> closes = new ArrayList<>();
    machines.forEach(machine -> closes.add(closers.submit(machine::close)));
    for (Future<?> close : closes) {
      close.get();
    }
  }

  /** Creates, runs and closes so many; what is left after is a leak. */
  private void oneAfterTheOther(int turns) throws InterruptedException {
    Samples life = new Samples();
    runToItsEnd(new Samples());
    Held before = Held.now();
    for (int i = 0; i < turns; i++) {
      runToItsEnd(life);
    }
    Held after = Held.now();
    life.print("created, run and closed, ms; " + turns + " in turn", 2, "", new Samples());
    leak("descriptors", after.descriptors() - before.descriptors());
    leak("threads", after.threads() - before.threads());
    leak("mappings", after.mappings() - before.mappings());
  }

  private void runToItsEnd(Samples life) throws InterruptedException {
    long start = System.nanoTime();
    try (VirtualMachine machine =
        Machine.pc()
            .memory("2M")
            .kernel(ending)
            .serial("null")
            .device("isa-debug-exit")
            .loop(loop)
            .start()) {
      machine.await();
    }
    life.add((System.nanoTime() - start) / NANOS_PER_MILLISECOND);
  }

  private static void leak(String what, long count) {
    Samples.row("left after them: " + what, Long.toString(count), Long.toString(count), "0", "");
  }
}
