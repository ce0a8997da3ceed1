package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.it.guest.CommandRun;
import dev.jvmm.it.guest.DiskImage;
import dev.jvmm.it.guest.Fio;
import dev.jvmm.it.guest.Guest;
import dev.jvmm.it.guest.GuestFiles;
import dev.jvmm.it.guest.KernelLog;
import dev.jvmm.it.guest.NumberedBlocks;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What has been acknowledged is in the image, however the writing ends. */
@Tag("linux")
@FirstLevel(seconds = 60)
class DurabilityLinuxTest {

  private static final int MIB = 1 << 20;
  private static final int BLOCKS = 20;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String DRIVERS = "load virtio_pci virtio_blk";

  @TempDir private Path folder;

  @Test
  void killedInMidWrite_hasWrittenWhatWasAcknowledged() throws IOException, InterruptedException {
    DiskImage threads = DiskImage.sparse(folder, "threads", 16 * MIB);
    DiskImage ring = DiskImage.sparse(folder, "ring", 16 * MIB);
    try (CommandRun run =
        new CommandRun(
            folder,
            "-drive",
            threads.drive("aio=threads"),
            "-drive",
            ring.drive("aio=io_uring"),
            "-device",
            "virtio-blk-pci,drive=threads",
            "-device",
            "virtio-blk-pci,drive=ring")) {
      run.ask(DRIVERS);
      run.ask(NumberedBlocks.writing(threads));
      run.ask(NumberedBlocks.writing(ring));
      run.console().expect(NumberedBlocks.acknowledgements(BLOCKS, threads, ring), PATIENCE);

      run.process().destroyForcibly().waitFor(); // SIGKILL

      String said = run.console().rest(PATIENCE);
      for (DiskImage image : List.of(threads, ring)) {
        int acknowledged = NumberedBlocks.acknowledged(image, said);
        assertThat(acknowledged).isGreaterThan(BLOCKS);
        NumberedBlocks.check(image, acknowledged);
      }
    }
  }

  @Test
  void guestThatRebootsInMidWrite_findsWhatItHasWritten() throws IOException {
    DiskImage written = DiskImage.sparse(folder, "written", 16 * MIB);
    DiskImage cut = DiskImage.sparse(folder, "cut", 16 * MIB);
    try (Guest guest =
        Guest.boot(
            Guest.pc()
                .object("iothread,id=t")
                .drive(GuestFiles.tools().drive("readonly=on"))
                .device("virtio-blk-pci,drive=tools")
                .drive(written.drive(""))
                .device("virtio-blk-pci,drive=written,iothread=t")
                .drive(cut.drive(""))
                .device("virtio-blk-pci,drive=cut"))) {
      guest.run(DRIVERS);
      guest.run(NumberedBlocks.writing(written));
      guest.console().expect(NumberedBlocks.acknowledgements(BLOCKS, written), PATIENCE);
      guest.ask("reboot -f");
      String said = guest.console().expect("guest ready", PATIENCE);

      int acknowledged = NumberedBlocks.acknowledged(written, said);
      assertThat(acknowledged).isGreaterThan(BLOCKS);
      NumberedBlocks.check(written, acknowledged);
      guest.run(DRIVERS + "; tools");
      Fio.verify(guest, List.of("written", "cut"));
      assertThat(KernelLog.complaints(guest)).isEmpty();
      checkShrunkImage(guest, cut);
    }
  }

  /** What is no longer there can't be read; what is can, and the machine goes on. */
  private static void checkShrunkImage(Guest guest, DiskImage image) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(image.path().toFile(), "rw")) {
      file.setLength(MIB);
    }
    String read =
        "dd if=/dev/$(disk " + image.name() + ") of=/dev/null bs=4096 count=1 iflag=direct";
    guest.run(read + " 2>&1");
    assertThat(guest.run("! " + read + " skip=1024 2>&1")).contains("Input/output error");
    assertThat(KernelLog.complaints(guest))
        .hasSize(1)
        .first()
        .asString()
        .contains("I/O error, dev");
    guest.run(read + " 2>&1");
    Fio.verify(guest, List.of("written"));
  }
}
