package dev.jvmm.machine;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What a machine starts with. */
public sealed interface BootConfig {

  /**
   * A kernel that the machine loads itself: a bzImage, an ELF vmlinux, or a MultiBoot 1 image.
   *
   * @param kernel its file
   * @param initrd a file; for MultiBoot, modules as QEMU spells them: {@code file args,file args}
   * @param commandLine the kernel's command line, empty where there is none
   */
  record Kernel(Path kernel, @Nullable String initrd, String commandLine) implements BootConfig {}

  /**
   * The built-in default guest: the newest kernel of the host and an initrd made in memory.
   *
   * @param commandLine words that the user adds to its command line, or empty
   */
  record DefaultGuest(String commandLine) implements BootConfig {}
}
