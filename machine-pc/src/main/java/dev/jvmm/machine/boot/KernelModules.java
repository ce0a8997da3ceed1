package dev.jvmm.machine.boot;

import dev.jvmm.core.vm.ConfigException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The modules of an installed kernel.
 *
 * <p>Thread: stateless.
 */
final class KernelModules {

  /** No module unpacks to more; a damaged one can't fill the heap. */
  private static final int MAX_MODULE_BYTES = 256 << 20;

  private KernelModules() {}

  /**
   * The files that modules need, each behind what it depends on. What is built in, or unknown to
   * this kernel, has none; so has all of a kernel without {@code modules.dep.bin}.
   *
   * @param root the host's root directory
   * @param release as {@code uname -r} would say
   */
  static Set<Path> resolve(Path root, String release, List<String> names) {
    Set<Path> files = new LinkedHashSet<>();
    Path folder = root.resolve("lib/modules").resolve(release);
    try (ModuleIndex index = ModuleIndex.open(folder.resolve("modules.dep.bin"))) {
      if (index != null) {
        for (String name : names) {
          addAll(files, folder, index.find(name.replace('-', '_')));
        }
      }
    } catch (IOException e) {
      throw new ConfigException(
          BootImage.PROPERTY, "not given, and " + folder + " can't be read; check it", e);
    }
    return files;
  }

  /** Takes {@code file: needed needed}, of which the last is needed first. */
  private static void addAll(Set<Path> files, Path folder, @Nullable String line) {
    int colon = line == null ? -1 : line.indexOf(':');
    if (line == null || colon < 0) {
      return;
    }
    String[] needed = line.substring(colon + 1).strip().split(" ", -1);
    for (int i = needed.length - 1; i >= 0; i--) {
      if (!needed[i].isEmpty()) {
        files.add(folder.resolve(needed[i]));
      }
    }
    files.add(folder.resolve(line.substring(0, colon)));
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
      zstd.getInputStream().close();
      if (zstd.waitFor() == 0) {
        return Payload.ofBytes(file.toString(), bytes);
      }
    } catch (IOException e) {
      // No such command: the same as one that fails.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new ConfigException(
        BootImage.PROPERTY,
        "not given, and module " + file + " can't be unpacked; install the command zstd");
  }
}
