package dev.jvmm.machine.boot;

import dev.jvmm.core.vm.ConfigException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/**
 * The modules of an installed kernel, by its {@code modules.dep} (depmod(8)).
 *
 * <p>Thread: immutable.
 */
final class KernelModules {

  /** No module unpacks to more; a damaged one can't fill the heap. */
  private static final int MAX_MODULE_BYTES = 256 << 20;

  private final Path folder;
  private final String dependencies;

  private KernelModules(Path folder, String dependencies) {
    this.folder = folder;
    this.dependencies = dependencies;
  }

  /**
   * The modules in {@code /lib/modules/<release>}; none where that has no {@code modules.dep}, as
   * for a kernel with everything built in.
   *
   * @param root the host's root directory
   */
  static KernelModules of(Path root, String release) {
    Path folder = root.resolve("lib/modules").resolve(release);
    try {
      // Found by searches in one string: splitting its thousands of lines costs more than all else.
      String text =
          new String(
              Files.readAllBytes(folder.resolve("modules.dep")), StandardCharsets.ISO_8859_1);
      return new KernelModules(folder, "\n" + text);
    } catch (IOException e) {
      return new KernelModules(folder, "");
    }
  }

  /**
   * The files that {@code names} need, each behind what it depends on. What is built in, or unknown
   * to this kernel, has none.
   */
  Set<Path> resolve(List<String> names) {
    Set<Path> files = new LinkedHashSet<>();
    for (String name : names) {
      String line = line(name);
      int colon = line.indexOf(':');
      if (colon >= 0) {
        String[] needed = line.substring(colon + 1).strip().split(" ", -1);
        for (int i = needed.length - 1; i >= 0; i--) { // the last is needed first
          if (!needed[i].isEmpty()) {
            files.add(folder.resolve(needed[i]));
          }
        }
        files.add(folder.resolve(line.substring(0, colon)));
      }
    }
    return files;
  }

  /** The line of a module; a dash and an underscore are the same in its name. */
  private String line(String name) {
    for (String spelled : Set.of(name, name.replace('-', '_'), name.replace('_', '-'))) {
      String file = "/" + spelled + ".ko";
      int at = dependencies.indexOf(file);
      while (at >= 0) {
        int start = dependencies.lastIndexOf('\n', at) + 1;
        int end = dependencies.indexOf('\n', at);
        String line = dependencies.substring(start, end < 0 ? dependencies.length() : end);
        int colon = line.indexOf(':');
        char behind = line.charAt(Math.min(line.length() - 1, at - start + file.length()));
        if (colon >= at - start && (behind == ':' || behind == '.')) {
          return line;
        }
        at = dependencies.indexOf(file, at + 1);
      }
    }
    return "";
  }

  /** The name of a module's file in the initrd: {@code .xz} is unpacked there, the rest here. */
  static String nameInGuest(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(".gz")
        ? name.substring(0, name.length() - 3)
        : name.endsWith(".zst") ? name.substring(0, name.length() - 4) : name;
  }

  /** A module as the guest can load it. */
  static Payload open(Path file) {
    String name = file.toString();
    if (name.endsWith(".gz")) {
      return gunzip(file);
    }
    return name.endsWith(".zst") ? unzstd(file) : Payload.ofFile(BootImage.PROPERTY, file);
  }

  private static Payload gunzip(Path file) {
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(Files.readAllBytes(file)))) {
      return Payload.ofBytes(file.toString(), in.readNBytes(MAX_MODULE_BYTES));
    } catch (IOException e) {
      throw new ConfigException(
          BootImage.PROPERTY,
          "not given, and module " + file + " can't be unpacked; install it anew",
          e);
    }
  }

  /** The JDK has no Zstandard; the distributions that use it for modules have the command. */
  private static Payload unzstd(Path file) {
    try {
      Process zstd =
          new ProcessBuilder("zstd", "-dcq", file.toString())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      zstd.getOutputStream().close();
      byte[] bytes = zstd.getInputStream().readNBytes(MAX_MODULE_BYTES);
      if (bytes.length > 0) {
        return Payload.ofBytes(file.toString(), bytes);
      }
    } catch (IOException e) {
      // No such command: the same as one that fails.
    }
    throw new ConfigException(
        BootImage.PROPERTY,
        "not given, and module " + file + " can't be unpacked; install the command zstd");
  }
}
