package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.it.guest.DiskImage;
import dev.jvmm.it.guest.Fio;
import dev.jvmm.it.guest.Guest;
import dev.jvmm.it.guest.GuestFiles;
import dev.jvmm.it.guest.KernelLog;
import dev.jvmm.machine.MachineBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Disks past the host's page cache: files on a real file system, and a block device. */
@Tag("linux")
@FirstLevel(seconds = 30, scratch = "256M", raw = "64M")
class DirectDiskLinuxTest {

  private static final long MIB = 1 << 20;
  private static final int O_DIRECT = 0x4000; // fcntl.h of x86
  private static final List<String> CACHES =
      List.of("cache=none,aio=threads", "cache=none,aio=io_uring", "cache=directsync,aio=native");

  /**
   * The first level's memory takes no O_DIRECT; where there is none, a build's folder mostly does.
   */
  private static Path scratch() {
    String scratch = System.getenv("JVMM_SCRATCH");
    Path checkout = Path.of(System.getProperty("jvmm.checkout", "missing"));
    return scratch == null ? checkout.resolve("integration-tests/target") : Path.of(scratch);
  }

  @Test
  void disks_arePastThePageCache() throws IOException {
    Path folder = Files.createTempDirectory(scratch(), "direct");
    List<DiskImage> images = new ArrayList<>();
    MachineBuilder machine = Guest.pc().drive(GuestFiles.tools().drive("readonly=on"));
    machine.device("virtio-blk-pci,drive=tools").object("iothread,id=t");
    for (String cache : CACHES) {
      DiskImage image = DiskImage.sparse(folder, "d" + images.size(), 16 * MIB);
      images.add(image);
      machine.drive(image.drive(cache));
      machine.device("virtio-blk-pci,iothread=t,drive=" + image.name());
    }
    String device = System.getenv("JVMM_RAW");
    if (device == null) {
      System.err.println("DirectDiskLinuxTest: no block device to write to here; files alone");
    } else {
      images.add(new DiskImage("raw", Path.of(device)));
      machine.blockdev("host_device,node-name=raw,cache.direct=on,aio=io_uring,filename=" + device);
      machine.device("virtio-blk-pci,drive=raw,serial=raw");
    }
    try (Guest guest = Guest.boot(machine)) {
      guest.run("load virtio_pci virtio_blk; tools");
      Fio.verify(guest, images.stream().map(DiskImage::name).toList());
      for (DiskImage image : images) {
        assertThat(openFlags(image.path()) & O_DIRECT).as(image.name()).isEqualTo(O_DIRECT);
      }
      assertThat(KernelLog.complaints(guest)).isEmpty();
    } finally {
      for (DiskImage image : images) {
        if (image.path().startsWith(folder)) {
          Files.delete(image.path());
        }
      }
      Files.delete(folder);
    }
  }

  /** What this process has opened the file with, by proc(5). */
  private static int openFlags(Path path) throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      for (Path descriptor : descriptors.toList()) {
        if (Files.exists(descriptor) && Files.readSymbolicLink(descriptor).equals(path)) {
          String number = Objects.requireNonNull(descriptor.getFileName()).toString();
          String info = Files.readString(Path.of("/proc/self/fdinfo", number));
          return Integer.parseInt(info.replaceAll("(?s).*flags:\\s*0*(\\d+).*", "$1"), 8);
        }
      }
    }
    throw new AssertionError(path + ": not open");
  }
}
