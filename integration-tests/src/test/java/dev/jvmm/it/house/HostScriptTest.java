package dev.jvmm.it.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What ./demo and ./verify find on a host, as a user who is not root. */
class HostScriptTest {

  private static final Path SCRIPT =
      Path.of(System.getProperty("jvmm.checkout"), "scripts/host.sh");
  private static final int NOBODY = 65534;

  @TempDir private Path folder;

  @BeforeEach
  void letNobodyIn() throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.copy(SCRIPT, folder.resolve("host.sh"));
  }

  @Test
  void kernelThatOnlyRootCanRead_isSaidSo() throws IOException, InterruptedException {
    kernel("6.1", "rw-------");

    assertThat(needKernel())
        .isEqualTo(
            "test: %1$s/vmlinuz-6.1: root alone can read it; run: sudo chmod a+r %1$s/vmlinuz-*"
                .formatted(folder));
  }

  @Test
  void kernelThatOnlyRootCanRead_isPassedOverForAnother() throws IOException, InterruptedException {
    kernel("6.1", "rw-------");
    kernel("6.5", "rw-r--r--");

    assertThat(needKernel()).isEqualTo("missing:");
  }

  @Test
  void noKernel_isAPackageToInstall() throws IOException, InterruptedException {
    assertThat(needKernel()).isEqualTo("missing: linux-image");
  }

  private void kernel(String version, String mode) throws IOException {
    Files.createDirectory(folder.resolve(version));
    Path image = Files.writeString(folder.resolve("vmlinuz-" + version), "kernel");
    Files.setPosixFilePermissions(image, PosixFilePermissions.fromString(mode));
  }

  private String needKernel() throws IOException, InterruptedException {
    String script =
        "me=test; . ./host.sh; boot=$PWD; modules=$PWD; need_kernel; echo missing:$missing";
    List<String> command = new ArrayList<>(asNobody());
    command.addAll(List.of("sh", "-c", script));
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    process.waitFor();
    return said;
  }

  /** Root can read everything. */
  private static List<String> asNobody() {
    String id = Integer.toString(NOBODY);
    return System.getProperty("user.name").equals("root")
        ? List.of("setpriv", "--reuid", id, "--regid", id, "--clear-groups")
        : List.of();
  }
}
