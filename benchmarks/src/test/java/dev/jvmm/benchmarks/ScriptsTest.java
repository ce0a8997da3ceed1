package dev.jvmm.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The scripts still work; what they measure in so short a time means nothing. */
class ScriptsTest {

  private static final Path CHECKOUT = Path.of(System.getProperty("jvmm.checkout"));

  @BeforeAll
  static void needsKvmAndCompilerAndBuild() {
    assumeTrue(Files.isWritable(Path.of("/dev/kvm")), "/dev/kvm can't be opened");
    assumeTrue(
        Stream.of(System.getenv("PATH").split(":", -1))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "gcc"))),
        "there is no gcc");
    assumeTrue(
        Files.isDirectory(CHECKOUT.resolve("cli/target/dist/lib")), "jvmm has not been packaged");
  }

  @ParameterizedTest
  @CsvSource({"startup, 3", "exit, 17", "create, 3", "memory, 5", "scale, 8"})
  void script_printsItsTable(String name, int lines) throws IOException, InterruptedException {
    Process script =
        new ProcessBuilder(CHECKOUT.resolve("benchmarks").resolve(name).toString(), "--quick")
            .redirectErrorStream(true)
            .start();
    String output = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    List<String> table = output.lines().toList();

    assertThat(script.waitFor()).as(output).isZero();
    assertThat(table).hasSize(lines);
    assertThat(table.getFirst()).contains("p50");
    assertThat(table.subList(1, lines)).allMatch(line -> line.matches(".* \\d[\\d.]* .*"));
  }
}
