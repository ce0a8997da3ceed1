package dev.jvmm.machine.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpioArchiveTest {

  @TempDir Path folder;

  private CpioArchive archive() throws IOException {
    Path file = Files.writeString(folder.resolve("f"), "12345");
    return new CpioArchive.Builder()
        .directory("bin")
        .file("bin/five", 0755, Payload.ofFile("initrd", file))
        .symlink("bin/sh", "five")
        .characterDevice("console", 0600, 5, 1)
        .script("init", "#!/bin/sh\n")
        .file("empty", 0644, Payload.ofBytes("empty", new byte[0]))
        .build("test");
  }

  @Test
  void entries_areReadBackAsWritten() throws IOException {
    CpioReader entries = CpioReader.read(archive());

    assertThat(entries.names())
        .containsExactly("bin", "bin/five", "bin/sh", "console", "init", "empty");
    assertThat(entries.get("bin").mode()).isEqualTo(0040755);
    assertThat(entries.get("bin/five").mode()).isEqualTo(0100755);
    assertThat(entries.get("bin/five").text()).isEqualTo("12345");
    assertThat(entries.get("bin/sh").mode()).isEqualTo(0120777);
    assertThat(entries.get("bin/sh").text()).isEqualTo("five");
    assertThat(entries.get("console").mode()).isEqualTo(0020600);
    assertThat(entries.get("console").major()).isEqualTo(5);
    assertThat(entries.get("console").minor()).isEqualTo(1);
    assertThat(entries.get("init").text()).isEqualTo("#!/bin/sh\n");
    assertThat(entries.get("empty").content()).isEmpty();
  }

  @Test
  void padding_isZeroed() throws IOException {
    byte[] bytes = CpioReader.bytes(archive());

    assertThat(bytes).doesNotContain(0x5A);
    assertThat(bytes.length % 4).isZero();
  }

  @Test
  void cpioCommand_listsIt() throws Exception {
    assumeThat(Files.isExecutable(Path.of("/usr/bin/cpio"))).isTrue();
    Path file = Files.write(folder.resolve("a.cpio"), CpioReader.bytes(archive()));
    Process cpio =
        new ProcessBuilder("/usr/bin/cpio", "-t", "--quiet").redirectInput(file.toFile()).start();

    String listed = new String(cpio.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(cpio.waitFor()).isZero();
    assertThat(listed.lines())
        .containsExactly("bin", "bin/five", "bin/sh", "console", "init", "empty");
  }
}
