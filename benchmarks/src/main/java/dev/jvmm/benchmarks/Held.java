package dev.jvmm.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What this process holds of the host.
 *
 * @param descriptors open ones
 * @param threads of Java's
 * @param mappings of memory
 * @param pssKib the proportional set size of all mappings but guests' RAM
 */
record Held(long descriptors, long threads, long mappings, long pssKib) {

  /** Of a mapping that asks for huge pages, which nothing but guests' RAM does. */
  private static final String HUGE_PAGES = " hg";

  @SuppressWarnings("SystemGc") // what can be collected is not held
  static Held now() {
    System.gc();
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      List<String> smaps = Files.readAllLines(Path.of("/proc/self/smaps"));
      long mappings = smaps.stream().filter(line -> line.startsWith("VmFlags:")).count();
      return new Held(
          descriptors.count(), Thread.getAllStackTraces().size(), mappings, pssKib(smaps));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The flags are a mapping's last line. */
  private static long pssKib(List<String> smaps) {
    long sum = 0;
    long mapping = 0;
    for (String line : smaps) {
      if (line.startsWith("Pss:")) {
        mapping = Long.parseLong(line.replaceAll("\\D", ""));
      } else if (line.startsWith("VmFlags:")) {
        sum += line.contains(HUGE_PAGES) ? 0 : mapping;
        mapping = 0;
      }
    }
    return sum;
  }
}
