package dev.jvmm.vcpu.cpuid;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The CPU's name in leaves 0x80000002 to 0x80000004: 48 bytes that end in a zero.
 *
 * <p>Holds nothing.
 */
final class BrandString {

  private static final int FIRST_LEAF = 0x8000_0002;
  private static final int BYTES = 48;

  /** The name stands in the first CPU's paragraph. */
  private static final int CPUINFO_BYTES = 4096;

  /** Read once: the kernel writes a page for every CPU of the host. */
  private static final class OfThisHost {
    private static final @Nullable String NAME = read();
  }

  private BrandString() {}

  static boolean isMissing(CpuidLeaves leaves) {
    return leaves.get(FIRST_LEAF, CpuidLeaves.EAX) == 0;
  }

  static void put(CpuidLeaves leaves, String name) {
    byte[] text = name.getBytes(StandardCharsets.ISO_8859_1);
    int length = Math.min(text.length, BYTES - 1);
    int[] words = new int[BYTES / 4];
    for (int i = 0; i < length; i++) {
      words[i / 4] |= (text[i] & 0xFF) << (i % 4 * 8);
    }
    for (int i = 0; i < words.length; i++) {
      leaves.set(FIRST_LEAF + i / 4, i % 4, words[i]);
    }
  }

  /** What {@code /proc/cpuinfo} says, or null: Java can't ask the CPU itself. */
  static @Nullable String ofThisHost() {
    return OfThisHost.NAME;
  }

  private static @Nullable String read() {
    try (InputStream in = Files.newInputStream(Path.of("/proc/cpuinfo"))) {
      return modelName(new String(in.readNBytes(CPUINFO_BYTES), StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      return null; // a guest without a brand string is a guest all the same
    }
  }

  static @Nullable String modelName(String cpuinfo) {
    int line = cpuinfo.indexOf("model name");
    int colon = line < 0 ? -1 : cpuinfo.indexOf(':', line);
    int end = colon < 0 ? -1 : cpuinfo.indexOf('\n', colon);
    return end < 0 ? null : cpuinfo.substring(colon + 1, end).trim();
  }
}
