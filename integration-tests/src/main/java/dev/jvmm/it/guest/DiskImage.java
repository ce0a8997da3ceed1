package dev.jvmm.it.guest;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A disk's image on the host, and what the host's e2fsprogs find in it.
 *
 * <p>Thread: one test's.
 *
 * @param name of the drive and of its file, and the serial that the guest finds it by
 */
public record DiskImage(String name, Path path) {

  private static final int BLOCK_BYTES = 512; // of st_blocks, stat(2)

  /** A file of zeros that takes no space. */
  public static DiskImage sparse(Path folder, String name, long bytes) throws IOException {
    Path path = folder.resolve(name);
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(bytes);
    }
    return new DiskImage(name, path);
  }

  /** The value of {@code -drive}, for a device that names it. */
  public String drive(String more) {
    return "file=%s,format=raw,if=none,id=%s,serial=%s%s"
        .formatted(path, name, name, more.isEmpty() ? "" : "," + more);
  }

  /** What it takes of the host's space. */
  public long allocatedBytes() throws IOException {
    return Long.parseLong(host("stat", "-c", "%b", path.toString()).strip()) * BLOCK_BYTES;
  }

  /** Has e2fsck look at its file system, without changing it; fails if that is not clean. */
  public void checkClean() throws IOException {
    host("/sbin/e2fsck", "-fn", path.toString());
  }

  /** Copies all files of its file system into a folder. */
  public void dump(Path folder) throws IOException {
    host("/sbin/debugfs", "-R", "rdump / " + folder, path.toString());
  }

  /** Runs a program that succeeds; answers what it said. */
  public static String host(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      int status = process.waitFor();
      if (status != 0) {
        throw new AssertionError(List.of(command) + ": exit status " + status + ", said:\n" + said);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
    return said;
  }
}
