package dev.jvmm.it.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The command where /dev/kvm is there and may not be opened: in a mount namespace that has a file
 * without permissions in its place, without the capabilities that would pass over them.
 */
@Timeout(60)
class NoPermissionTest {

  private static final Path CHECKOUT = Path.of(System.getProperty("jvmm.checkout"));

  @TempDir private Path folder;

  private record Outcome(int status, String said) {}

  @Test
  void jvmm_namesTheGroupAndTheCommand() throws IOException, InterruptedException {
    assumeTrue(Files.exists(Path.of("/dev/kvm")), "there is no /dev/kvm to put something over");
    assumeTrue(inNamespace("true").status() == 0, "no mount namespace can be had here");
    Path kernel = TinyKernel.halting(folder.resolve("halt.elf"), "!");

    Outcome outcome =
        inNamespace(CHECKOUT.resolve("jvmm").toString(), "-kernel", kernel.toString());

    assertThat(outcome)
        .isEqualTo(
            new Outcome(
                1,
                "jvmm: -accel kvm: no permission for /dev/kvm; add yourself to the group kvm:"
                    + " sudo usermod -aG kvm $USER, then log in again\n"));
  }

  private Outcome inNamespace(String... words) throws IOException, InterruptedException {
    Path file = Files.createTempFile(folder, "kvm", "");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    List<String> command = new ArrayList<>(List.of("unshare", "--mount"));
    if (!System.getProperty("user.name").equals("root")) {
      command.add("--map-root-user");
    }
    command.addAll(
        List.of(
            "sh",
            "-c",
            "mount --bind \"$0\" /dev/kvm && exec setpriv --bounding-set=-all --inh-caps=-all"
                + " \"$@\"",
            file.toString()));
    command.addAll(List.of(words));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Outcome(process.waitFor(), said);
  }
}
