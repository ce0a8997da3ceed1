package dev.jvmm.machine.boot;

import dev.jvmm.core.vm.ConfigException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The text of {@code -initrd}, which means different things to different kernels.
 *
 * <p>Thread: stateless.
 */
final class InitrdOption {

  private static final String PROPERTY = "initrd";

  private InitrdOption() {}

  /** One file, commas and spaces being part of its name. */
  static List<BootModule> linux(String option) {
    return List.of(new BootModule(open(option), ""));
  }

  /**
   * {@code file arguments,file arguments}; two commas stand for one. A module's command line begins
   * with its file name.
   */
  static List<BootModule> multiboot(String option) {
    List<BootModule> modules = new ArrayList<>();
    boolean done = false;
    try {
      addModules(option, modules);
      done = true;
      return modules;
    } finally {
      if (!done) {
        modules.forEach(module -> module.payload().close());
      }
    }
  }

  private static void addModules(String option, List<BootModule> modules) {
    StringBuilder part = new StringBuilder();
    for (int i = 0; i <= option.length(); i++) {
      boolean comma = i < option.length() && option.charAt(i) == ',';
      if (comma && i + 1 < option.length() && option.charAt(i + 1) == ',') {
        part.append(',');
        i++;
      } else if (comma || i == option.length()) {
        modules.add(module(part.toString()));
        part.setLength(0);
      } else {
        part.append(option.charAt(i));
      }
    }
  }

  private static BootModule module(String part) {
    String commandLine = part.strip();
    int space = commandLine.indexOf(' ');
    return new BootModule(
        open(space < 0 ? commandLine : commandLine.substring(0, space)), commandLine);
  }

  private static Payload open(String name) {
    if (name.isEmpty()) {
      throw new ConfigException(PROPERTY, "\"\": names no file; give one");
    }
    try {
      return Payload.ofOpenFile(PROPERTY, Path.of(name));
    } catch (InvalidPathException e) {
      throw new ConfigException(PROPERTY, "is no file name; give another", e);
    }
  }

  /** The one initrd that Linux takes. */
  static @Nullable Payload single(List<BootModule> modules) {
    if (modules.size() > 1) {
      throw new ConfigException(
          PROPERTY,
          modules.get(1).payload().name() + ": Linux takes one initrd; concatenate the files");
    }
    return modules.isEmpty() ? null : modules.getFirst().payload();
  }
}
