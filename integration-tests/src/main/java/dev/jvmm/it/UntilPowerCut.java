package dev.jvmm.it;

import dev.jvmm.it.guest.DiskImage;
import dev.jvmm.it.guest.Guest;
import dev.jvmm.it.guest.NumberedBlocks;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The inner half of a test that cuts the first level's power: a guest whose disks are files of the
 * scratch disk writes without an end, and each acknowledgement is told to the outer half.
 */
public final class UntilPowerCut {

  /** What jvmm has written waits in the first level's memory, until the guest flushes. */
  public static final String CACHED = "cached";

  /** It has gone to the scratch disk, whose own cache is lost as well. */
  public static final String DIRECT = "direct";

  private static final int BYTES = 16 << 20;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Pattern ACKNOWLEDGEMENT = Pattern.compile("<\\w+ \\d+>");

  @Test
  void guest_writes() throws IOException {
    Path folder = Path.of(System.getenv("JVMM_SCRATCH"));
    DiskImage cached = DiskImage.sparse(folder, CACHED, BYTES);
    DiskImage direct = DiskImage.sparse(folder, DIRECT, BYTES);
    DiskImage.host("sync");
    try (Guest guest =
        Guest.boot(
            Guest.pc()
                .drive(cached.drive("cache=writeback,aio=threads"))
                .device("virtio-blk-pci,drive=" + CACHED)
                .drive(direct.drive("cache=none,aio=io_uring"))
                .device("virtio-blk-pci,drive=" + DIRECT))) {
      guest.run("load virtio_pci virtio_blk");
      for (DiskImage image : List.of(cached, direct)) {
        guest.ask(NumberedBlocks.writing(image));
      }
      while (true) {
        System.out.println(guest.console().expect(ACKNOWLEDGEMENT, PATIENCE).match().group());
      }
    }
  }
}
