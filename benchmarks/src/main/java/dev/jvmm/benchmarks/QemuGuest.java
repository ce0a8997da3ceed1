package dev.jvmm.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/**
 * A counting guest on QEMU's microvm; its memory is a file that is mapped here too.
 *
 * <p>Thread: confined.
 */
final class QemuGuest implements CountingGuest {

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final Process process;
  private final Path memory;
  private final ByteBuffer ram;

  /** Starts it, and returns when it counts. */
  QemuGuest(Path kernel, Path memory) throws IOException, InterruptedException {
    this.memory = memory;
    String backend = "memory-backend-file,id=ram,size=16M,share=on,mem-path=" + memory;
    process =
        new ProcessBuilder(
                "qemu-system-x86_64",
                "-machine",
                "microvm,accel=kvm,memory-backend=ram",
                "-cpu",
                "host,-arch-capabilities",
                "-m",
                "16M",
                "-object",
                backend,
                "-nodefaults",
                "-no-user-config",
                "-display",
                "none",
                "-kernel",
                kernel.toString())
            .inheritIO()
            .start();
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!Files.exists(memory) || Files.size(memory) <= COUNTER_GPA) {
      await(deadline);
    }
    try (FileChannel file = FileChannel.open(memory, StandardOpenOption.READ)) {
      ram =
          file.map(FileChannel.MapMode.READ_ONLY, COUNTER_GPA, Integer.BYTES)
              .order(ByteOrder.LITTLE_ENDIAN);
    }
    while (exits() == 0) {
      await(deadline);
    }
  }

  private void await(long deadline) throws IOException, InterruptedException {
    if (!process.isAlive() || System.nanoTime() - deadline > 0) {
      close();
      throw new IOException("QEMU's guest does not count");
    }
    Thread.sleep(10);
  }

  @Override
  public int exits() {
    return ram.getInt(0);
  }

  @Override
  public void resume() throws IOException, InterruptedException {
    signal("CONT");
  }

  @Override
  public void pause() throws IOException, InterruptedException {
    signal("STOP");
  }

  private void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly().onExit().join();
    Files.deleteIfExists(memory);
  }
}
