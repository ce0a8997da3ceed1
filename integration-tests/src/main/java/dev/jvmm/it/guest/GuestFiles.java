package dev.jvmm.it.guest;

import java.nio.file.Path;

/** What {@code integration-tests/guest/files} has made for the guests to boot. */
public final class GuestFiles {

  private static final Path FOLDER = Path.of(System.getProperty("jvmm.guest", "missing"));

  private GuestFiles() {}

  /** The kernel as its distribution ships it. */
  public static Path bzImage() {
    return FOLDER.resolve("bzImage");
  }

  /** The same kernel as an ELF file with a PVH entry. */
  public static Path vmlinux() {
    return FOLDER.resolve("vmlinux");
  }

  /**
   * The image of a disk with fio and mkfs.ext4 on it, which is what the guest's {@code tools}
   * mounts.
   */
  public static DiskImage tools() {
    return new DiskImage("tools", FOLDER.resolve("tools"));
  }

  /** Busybox, some modules, and an init that carries out what a {@link Guest} asks for. */
  public static Path initrd() {
    return FOLDER.resolve("initrd");
  }

  /** The same with perl, and the program {@code vsock}. */
  public static Path initrdWithPerl() {
    return FOLDER.resolve("initrd-perl");
  }
}
