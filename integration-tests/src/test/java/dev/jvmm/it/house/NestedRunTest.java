package dev.jvmm.it.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When the nested runner starts its first level again; the emulator is a stand-in. */
@Timeout(60)
class NestedRunTest {

  private static final Path NESTED =
      Path.of(System.getProperty("jvmm.checkout"), "integration-tests/nested");

  @TempDir private Path folder;

  @BeforeEach
  void copyTheRunner() throws IOException {
    Files.copy(NESTED.resolve("run"), folder.resolve("run"));
    script("first-level-image", "echo " + folder);
    Files.createDirectory(folder.resolve("out"));
  }

  @Test
  void firstLevelThatDies_isStartedOnceMore() throws IOException, InterruptedException {
    emulator("[ $calls = x ] || echo 0 >out/.nested/status");

    assertThat(run()).isZero();
    assertThat(calls()).isEqualTo("xx");
    assertThat(folder.resolve("output"))
        .content()
        .contains("the first level ended before the command did, while it started\n")
        .contains("once more");
  }

  @Test
  void firstLevelThatDiesTwice_isGivenUp() throws IOException, InterruptedException {
    emulator("echo 1 >out/.nested/beat");

    assertThat(run()).isEqualTo(125);
    assertThat(calls()).isEqualTo("xx");
    assertThat(folder.resolve("output"))
        .content()
        .containsPattern("(?s)(the first level ended before the command did\n.*){2}");
  }

  @Test
  void firstLevelOfOneTry_isGivenUpAtOnce() throws IOException, InterruptedException {
    emulator("echo 1 >out/.nested/beat");

    assertThat(run("--tries", "1")).isEqualTo(125);
    assertThat(calls()).isEqualTo("x");
  }

  @Test
  void commandThatFails_isNotRunAgain() throws IOException, InterruptedException {
    emulator("echo 3 >out/.nested/status");

    assertThat(run()).isEqualTo(3);
    assertThat(calls()).isEqualTo("x");
  }

  @Test
  void commandThatTakesTooLong_isNotRunAgain() throws IOException, InterruptedException {
    emulator("exec sleep 50");

    assertThat(run("--timeout", "1")).isEqualTo(124);
    assertThat(calls()).isEqualTo("x");
  }

  @Test
  void commandWhoseDiskStays_isNotBegunTwice() throws IOException, InterruptedException {
    emulator("echo 1 >out/.nested/beat");

    assertThat(run("--scratch", "8M", "--image", "disk")).isEqualTo(125);
    assertThat(calls()).isEqualTo("x");
    assertThat(folder.resolve("disk")).isRegularFile();
  }

  @Test
  void disks_areWhereTheCommandIsTold() throws IOException, InterruptedException {
    emulator("cp out/.nested/job job\necho \"$*\" >arguments\necho 0 >out/.nested/status");

    assertThat(run("--scratch", "8M", "--raw", "1M")).isZero();

    assertThat(Files.readString(folder.resolve("job")))
        .contains("JVMM_SCRATCH=/scratch", "JVMM_RAW=/dev/vdb");
    assertThat(Files.readString(folder.resolve("arguments")))
        .containsSubsequence("out/.nested/scratch", "drive=scratch", "/raw", "drive=raw");
    assertThat(folder.resolve("out/.nested")).doesNotExist();
  }

  private void emulator(String body) throws IOException {
    script("qemu-system-x86_64", "printf x >>calls\ncalls=$(cat calls)\n" + body);
  }

  private void script(String name, String body) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private int run(String... options) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("bash", "run", "--out", "out");
    builder.command().addAll(List.of(options));
    builder.command().addAll(List.of("--", "true"));
    builder.environment().put("PATH", folder + ":" + System.getenv("PATH"));
    builder.environment().remove("JVMM_NESTED");
    return builder
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("output").toFile())
        .start()
        .waitFor();
  }

  private String calls() throws IOException {
    return Files.readString(folder.resolve("calls"));
  }
}
