package dev.jvmm.machine.boot;

import dev.jvmm.core.vm.ConfigException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What boots when the user names nothing: the kernel of this machine, with an initrd made in memory
 * that gives a shell on the console.
 *
 * <p>Thread: immutable.
 *
 * @param kernel a file that {@link BootImage#open} takes
 * @param initrd busybox, the modules of the machine's devices and an init
 * @param announcement one line for the user
 */
public record DefaultGuest(Path kernel, Payload initrd, String announcement) {

  private static final String COMMAND_LINE = " quiet panic=5";
  private static final List<String> BUSYBOX =
      List.of("bin/busybox", "usr/bin/busybox", "bin/busybox.static", "usr/bin/busybox.static");
  private static final List<String> DIRECTORIES =
      List.of(
          "bin",
          "dev",
          "etc",
          "etc/acpi",
          "etc/acpi/PWRF",
          "lib",
          "lib/modules",
          "proc",
          "root",
          "run",
          "sys",
          "tmp",
          "var");
  private static final int HEAD_BYTES = 64;

  /**
   * Finds the parts on this host.
   *
   * @param moduleNames drivers of the devices that the machine has, such as {@code virtio_blk}
   * @param environment of this process; JVMM_KERNEL names another kernel
   * @throws ConfigException if a part is missing or can't be read
   */
  public static DefaultGuest find(List<String> moduleNames, Map<String, String> environment) {
    return find(Path.of("/"), moduleNames, environment);
  }

  static DefaultGuest find(Path root, List<String> moduleNames, Map<String, String> environment) {
    Path kernel = InstalledKernel.find(root, environment.get(InstalledKernel.VARIABLE));
    CpioArchive.Builder archive = new CpioArchive.Builder();
    DIRECTORIES.forEach(archive::directory);
    archive.characterDevice("dev/console", 0600, 5, 1); // init's, before anything is mounted
    archive.file("bin/busybox", 0755, busybox(root));
    archive.symlink("bin/sh", "busybox");
    archive.symlink("var/run", "../run");
    archive.script("init", DefaultInit.INIT);
    archive.script("etc/shell", DefaultInit.SHELL);
    archive.script("etc/agent", DefaultInit.AGENT);
    archive.script("etc/agents", DefaultInit.AGENTS);
    archive.script("etc/udhcpc", DefaultInit.DHCP);
    archive.script("etc/acpi/PWRF/00000080", DefaultInit.POWER_BUTTON);
    StringBuilder order = new StringBuilder();
    for (Path file : KernelModules.resolve(root, release(kernel), withNeeds(moduleNames))) {
      String name = KernelModules.nameInGuest(file);
      archive.file("lib/modules/" + name, 0644, KernelModules.open(file));
      order.append(name).append('\n');
    }
    byte[] list = order.toString().getBytes(StandardCharsets.UTF_8);
    archive.file("etc/modules", 0644, Payload.ofBytes("etc/modules", list));
    return new DefaultGuest(
        kernel,
        archive.build("the built-in initrd"),
        "booting "
            + kernel
            + " with a built-in busybox initrd; give -kernel and -initrd to boot something else");
  }

  /** What its kernel is told, for a console such as {@code ttyS0}. */
  public String commandLine(String console) {
    return "console=" + console + COMMAND_LINE;
  }

  /**
   * What Debian's kernel has as modules, too: packet sockets for the DHCP client, and for disks the
   * file system that they usually hold, with the checksums that it asks for by another way than its
   * dependencies.
   */
  private static List<String> withNeeds(List<String> moduleNames) {
    List<String> names = new ArrayList<>(moduleNames);
    if (names.contains("virtio_net")) {
      names.add("af_packet");
    }
    if (names.contains("virtio_blk")) {
      names.add("crc32c_generic");
      names.add("ext4");
    }
    return names;
  }

  /** As the kernel calls itself; an ELF file does not tell, so there its name must. */
  private static String release(Path kernel) {
    try (BootImage image = BootImage.open(kernel)) {
      if (image instanceof LinuxBzImage linux && !linux.release().isEmpty()) {
        return linux.release();
      }
    }
    return InstalledKernel.version(kernel);
  }

  private static Payload busybox(Path root) {
    Path dynamic = null;
    for (String place : BUSYBOX) {
      Path path = root.resolve(place);
      if (Files.isReadable(path)) {
        if (isStatic(path)) {
          return Payload.ofFile(BootImage.PROPERTY, path);
        }
        dynamic = path;
      }
    }
    throw new ConfigException(
        BootImage.PROPERTY,
        (dynamic == null
                ? "not given, and there is no busybox for the built-in guest"
                : "not given, and " + dynamic + " is not static, as the built-in guest needs it")
            + "; install busybox-static");
  }

  private static boolean isStatic(Path path) {
    try (SourceFile file = SourceFile.open(BootImage.PROPERTY, path)) {
      ByteBuffer head = file.head(HEAD_BYTES);
      return ElfFile.isStaticProgram(file, head);
    } catch (ConfigException e) {
      return false; // whatever it is, it is no program that runs by itself
    }
  }
}
