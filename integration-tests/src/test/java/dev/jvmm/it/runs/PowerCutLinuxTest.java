package dev.jvmm.it.runs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.it.UntilPowerCut;
import dev.jvmm.it.guest.DiskImage;
import dev.jvmm.it.guest.NumberedBlocks;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A first level whose power is cut while a guest in it writes, as the end of its emulator: its
 * memory is gone, and with it whatever jvmm has not put on the scratch disk.
 */
@Tag("linux")
class PowerCutLinuxTest {

  private static final int BLOCKS = 20;

  @TempDir private Path folder;

  @Test
  void powerCutInMidWrite_losesNothingThatWasFlushed() throws IOException, InterruptedException {
    Path scratch = folder.resolve("scratch");
    DiskImage cached = new DiskImage(UntilPowerCut.CACHED, folder.resolve("cached"));
    DiskImage direct = new DiskImage(UntilPowerCut.DIRECT, folder.resolve("direct"));

    String said =
        writeUntilPowerCut(scratch, NumberedBlocks.acknowledgements(BLOCKS, cached, direct));

    // Replays the journal, as a start after the cut would; 1 is "has put something right".
    DiskImage.host("sh", "-c", "/sbin/e2fsck -fp \"$0\"; test $? -le 1", scratch.toString());
    for (DiskImage image : List.of(cached, direct)) {
      String dump = "dump /%s %s".formatted(image.name(), image.path());
      DiskImage.host("/sbin/debugfs", "-R", dump, scratch.toString());
      int acknowledged = NumberedBlocks.acknowledged(image, said);
      assertThat(acknowledged).as(said).isGreaterThan(BLOCKS);
      NumberedBlocks.check(image, acknowledged);
    }
  }

  /** Answers all that the guest's disks have acknowledged. */
  private String writeUntilPowerCut(Path scratch, Pattern enough)
      throws IOException, InterruptedException {
    String script = System.getProperty("jvmm.checkout") + "/integration-tests/guest-tests";
    ProcessBuilder builder = new ProcessBuilder(script, "--scratch", "128M");
    builder.command().addAll(List.of("--image", scratch.toString()));
    builder.command().addAll(List.of("--out", folder.resolve("out").toString(), "--"));
    builder.command().add(UntilPowerCut.class.getName());
    Process run = builder.redirectErrorStream(true).start();
    try (BufferedReader output = run.inputReader()) {
      StringBuilder said = new StringBuilder();
      String line;
      while (!enough.matcher(said).lookingAt() && (line = output.readLine()) != null) {
        said.append(line).append('\n');
      }
      run.descendants()
          .filter(process -> process.info().command().orElse("").contains("qemu-system"))
          .forEach(ProcessHandle::destroyForcibly);
      return said + output.lines().collect(Collectors.joining("\n"));
    } finally {
      run.destroy(); // nothing, after the cut
      run.waitFor();
    }
  }
}
