package dev.jvmm.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What an exit to user space and back costs through the whole of jvmm: KVM_RUN, the dispatcher, the
 * bus, a device. Beside it a C loop with the same ioctl and guest, and QEMU; all three run in turn.
 */
public final class Exits {

  private static final String ABOVE_TARGET = "400";

  private final Path exitLoop;
  private final @Nullable Path qemuMemory;
  private final int windows;
  private final long windowMillis;
  private final long countedExits;

  private Exits(Path exitLoop, @Nullable Path qemuMemory, boolean quick) {
    this.exitLoop = exitLoop;
    this.qemuMemory = qemuMemory;
    this.windows = quick ? 3 : 60;
    this.windowMillis = quick ? 20 : 50;
    this.countedExits = quick ? 20_000 : 1_000_000;
  }

  /**
   * Measures.
   *
   * @param arguments {@code quick} or {@code whole}; the program exit-loop; a file for QEMU's
   *     memory, or nothing where there is no QEMU; then name and kernel of each kind of exit
   */
  public static void main(String... arguments) throws IOException, InterruptedException {
    boolean quick = arguments[0].equals("quick");
    Path qemuMemory = arguments[2].isEmpty() ? null : Path.of(arguments[2]);
    Exits exits = new Exits(Path.of(arguments[1]), qemuMemory, quick);
    Samples.row("exit and back, ns", "min", "p50", "target p50", "QEMU min p50");
    for (int i = 3; i < arguments.length; i += 2) {
      exits.measure(arguments[i], Path.of(arguments[i + 1]));
    }
    System.exit(0);
  }

  private void measure(String name, Path kernel) throws IOException, InterruptedException {
    Samples loop = new Samples();
    Samples jvmm = new Samples();
    Samples above = new Samples();
    Samples qemu = new Samples();
    long allocated;
    try (ExitLoop c = new ExitLoop(exitLoop, kernel);
        JvmmGuest guest = new JvmmGuest(kernel);
        Qemu other = new Qemu(kernel, qemuMemory)) {
      other.pause();
      awaitExits(guest, countedExits); // until everything is compiled
      guest.pause();
      for (int i = 0; i < windows; i++) {
        loop.add(c.nanosPerExit(windowMillis));
        jvmm.add(guest.nanosPerExit(windowMillis));
        above.add(jvmm.last() - loop.last());
        other.sample(qemu, windowMillis);
      }
      guest.resume();
      long before = guest.allocatedBytes();
      awaitExits(guest, countedExits);
      allocated = guest.allocatedBytes() - before;
    }
    loop.print(name + ": a C loop", 0, "", new Samples());
    jvmm.print(name + ": jvmm", 0, "", qemu);
    above.print(name + ": jvmm above the C loop", 0, ABOVE_TARGET, new Samples());
    Samples.row(
        name + ": bytes allocated in " + countedExits,
        Long.toString(allocated),
        Long.toString(allocated),
        "0",
        "");
  }

  private static void awaitExits(JvmmGuest guest, long count) throws InterruptedException {
    int start = guest.exits();
    while (Integer.toUnsignedLong(guest.exits() - start) < count) {
      Thread.sleep(10);
    }
  }

  /** QEMU's guest, where there is QEMU. */
  private static final class Qemu implements AutoCloseable {

    private final @Nullable QemuGuest guest;

    Qemu(Path kernel, @Nullable Path memory) throws IOException, InterruptedException {
      guest = memory == null ? null : new QemuGuest(kernel, memory);
    }

    void pause() throws IOException, InterruptedException {
      if (guest != null) {
        guest.pause();
      }
    }

    void sample(Samples samples, long milliseconds) throws IOException, InterruptedException {
      if (guest != null) {
        samples.add(guest.nanosPerExit(milliseconds));
      }
    }

    @Override
    public void close() throws IOException {
      if (guest != null) {
        guest.close();
      }
    }
  }
}
