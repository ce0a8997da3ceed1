package dev.jvmm.machine.boot;

import dev.jvmm.core.vm.ConfigException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Finds the kernel that this machine would boot itself.
 *
 * <p>Thread: stateless.
 */
final class InstalledKernel {

  /** The environment variable that names another one. */
  static final String VARIABLE = "JVMM_KERNEL";

  private static final String PREFIX = "vmlinuz";

  /** By version: numbers as numbers, so that 6.10 is above 6.9, and -rc below its release. */
  static final Comparator<String> BY_VERSION = InstalledKernel::compareVersions;

  private InstalledKernel() {}

  /**
   * The newest {@code vmlinuz*} in {@code /boot}, or what the variable says.
   *
   * @param root the host's root directory
   * @param chosen the variable's value, {@code null} or empty if it is not set
   */
  static Path find(Path root, @Nullable String chosen) {
    if (chosen != null && !chosen.isEmpty()) {
      Path path = Path.of(chosen);
      if (!Files.isRegularFile(path)) {
        throw new ConfigException(
            BootImage.PROPERTY,
            "not given, and " + VARIABLE + "=" + chosen + " is no file; correct it or unset it");
      }
      return readable(path);
    }
    Path boot = root.resolve("boot");
    Path newest = null;
    try (DirectoryStream<Path> kernels = Files.newDirectoryStream(boot, PREFIX + "*")) {
      for (Path kernel : kernels) {
        boolean counts = !kernel.toString().endsWith(".old") && Files.isRegularFile(kernel);
        if (counts && (newest == null || compareVersions(version(kernel), version(newest)) > 0)) {
          newest = kernel;
        }
      }
    } catch (IOException e) {
      throw none(boot, e);
    }
    if (newest == null) {
      throw none(boot, null);
    }
    return readable(newest);
  }

  /** What stands behind the dash of {@code vmlinuz-6.1.0-56-amd64}. */
  static String version(Path kernel) {
    String name = String.valueOf(kernel.getFileName());
    int dash = name.indexOf('-');
    return dash < 0 ? "" : name.substring(dash + 1);
  }

  private static Path readable(Path kernel) {
    if (!Files.isReadable(kernel)) {
      throw new ConfigException(
          BootImage.PROPERTY,
          "not given, and this user may not read %s; run sudo chmod a+r %s or set %s"
              .formatted(kernel, kernel, VARIABLE));
    }
    return kernel;
  }

  private static ConfigException none(Path boot, @Nullable IOException cause) {
    String sentence =
        "not given, and there is no kernel in %s; install linux-image-amd64 or set %s"
            .formatted(boot, VARIABLE);
    return cause == null
        ? new ConfigException(BootImage.PROPERTY, sentence)
        : new ConfigException(BootImage.PROPERTY, sentence, cause);
  }

  private static int compareVersions(String a, String b) {
    int i = 0;
    int j = 0;
    while (i < a.length() && j < b.length()) {
      int endA = runEnd(a, i);
      int endB = runEnd(b, j);
      int order = compareRuns(a.substring(i, endA), b.substring(j, endB));
      if (order != 0) {
        return order;
      }
      i = endA;
      j = endB;
    }
    if (i == a.length() && j == b.length()) {
      return 0;
    }
    boolean longerA = i < a.length();
    boolean isCandidate = (longerA ? a.substring(i) : b.substring(j)).matches("[-~]rc.*");
    return longerA == isCandidate ? -1 : 1;
  }

  private static int runEnd(String text, int start) {
    boolean digits = isDigit(text.charAt(start));
    int end = start;
    while (end < text.length() && isDigit(text.charAt(end)) == digits) {
      end++;
    }
    return end;
  }

  private static int compareRuns(String a, String b) {
    boolean numberA = isDigit(a.charAt(0));
    boolean numberB = isDigit(b.charAt(0));
    if (numberA && numberB) {
      String x = withoutZeros(a);
      String y = withoutZeros(b);
      return x.length() == y.length() ? x.compareTo(y) : Integer.compare(x.length(), y.length());
    }
    if (numberA != numberB) {
      return numberA ? 1 : -1;
    }
    boolean candidateA = a.startsWith("-rc") || a.startsWith("~rc");
    boolean candidateB = b.startsWith("-rc") || b.startsWith("~rc");
    return candidateA == candidateB ? a.compareTo(b) : candidateA ? -1 : 1;
  }

  private static String withoutZeros(String digits) {
    int start = 0;
    while (start < digits.length() - 1 && digits.charAt(start) == '0') {
      start++;
    }
    return digits.substring(start);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
