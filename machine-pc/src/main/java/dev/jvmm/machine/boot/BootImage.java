package dev.jvmm.machine.boot;

import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.vcpu.EntryState;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * A kernel file that has been looked through and can be loaded any number of times.
 *
 * <p>What a user can get wrong comes out of {@link #open} and {@link #check}, before there is a VM:
 * a {@link ConfigException} with one sentence.
 *
 * <p>Thread: {@link #load} from one thread at a time. The file stays open until {@link #close}, so
 * that a reset loads what was checked even when a newer kernel has taken its name.
 */
public sealed interface BootImage extends AutoCloseable
    permits LinuxBzImage, ElfKernel, MultibootImage {

  /** The option that names the file. */
  String PROPERTY = "kernel";

  /**
   * Opens a kernel of any form that we know.
   *
   * @throws ConfigException if it is none of them, broken, or can't be read
   */
  static BootImage open(Path path) {
    SourceFile file = SourceFile.open(PROPERTY, path);
    try {
      return open(file);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static BootImage open(SourceFile file) {
    ByteBuffer head = file.head(MultibootHeader.SEARCH_BYTES);
    if (SetupHeader.isIn(head)) {
      return LinuxBzImage.parse(file, head);
    }
    MultibootHeader multiboot = MultibootHeader.find(head);
    if (multiboot != null) {
      return MultibootImage.parse(file, head, multiboot);
    }
    if (ElfFile.isIn(head)) {
      return ElfKernel.parse(file, head);
    }
    throw file.bad(ForeignFile.describe(head));
  }

  /** The file. */
  Path path();

  /**
   * What {@code -initrd} means to this kernel: one file to Linux, a list of modules with arguments
   * to MultiBoot.
   *
   * @throws ConfigException if a file is missing, unreadable or empty
   */
  List<BootModule> modules(String initrdOption);

  /**
   * Whether everything fits; the same that {@link #load} checks, without memory to load into.
   *
   * @throws ConfigException if it does not
   */
  void check(BootRequest request);

  /**
   * Writes kernel, modules and boot structures into RAM.
   *
   * @param memory has RAM at least where the request's map says usable
   * @throws ConfigException as {@link #check}, or if a file can't be read any more
   */
  EntryState load(GuestMemory memory, BootRequest request);

  @Override
  void close();
}
