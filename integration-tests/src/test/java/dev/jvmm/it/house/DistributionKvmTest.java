package dev.jvmm.it.house;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The distribution as a user has it: unpacked from its tar.gz, in a folder with a blank in its
 * name.
 */
@Tag("kvm")
@Timeout(120)
class DistributionKvmTest {

  private static final Path CHECKOUT = Path.of(System.getProperty("jvmm.checkout"));
  private static final String NAME = "jvmm-" + System.getProperty("jvmm.version");

  @TempDir private static Path home;
  private static Path launcher;

  @BeforeAll
  static void unpack() throws IOException, InterruptedException {
    Path tar = CHECKOUT.resolve("cli/target/" + NAME + ".tar.gz");
    Path folder = Files.createDirectory(home.resolve("my tools"));
    Process unpacking =
        new ProcessBuilder("tar", "-xzf", tar.toString(), "-C", folder.toString())
            .inheritIO()
            .start();
    assertThat(unpacking.waitFor()).isZero();
    launcher = Files.createSymbolicLink(home.resolve("jvmm"), folder.resolve(NAME + "/bin/jvmm"));
  }

  @BeforeEach
  void needKvm() {
    assumeTrue(new File("/dev/kvm").canWrite(), "/dev/kvm is missing or may not be opened");
  }

  @Test
  void guest_runsToItsPowerOff() throws IOException, InterruptedException {
    Path kernel = TinyKernel.poweringOff(home.resolve("off.elf"), "bye\n");

    Process jvmm =
        start(launcher, Map.of(), "-nographic", "-m", "64", "-kernel", kernel.toString());

    assertThat(new String(jvmm.getInputStream().readAllBytes(), US_ASCII)).contains("bye\n");
    assertThat(jvmm.waitFor()).isZero();
  }

  @Test
  void launcher_becomesJava() throws IOException, InterruptedException {
    Path kernel = TinyKernel.halting(home.resolve("halt.elf"), "!");

    Process jvmm =
        start(launcher, Map.of(), "-nographic", "-m", "64", "-kernel", kernel.toString());

    assertThat(jvmm.getInputStream().read()).isEqualTo('!');
    assertThat(jvmm.info().command()).hasValueSatisfying(name -> assertThat(name).endsWith("java"));
    jvmm.destroy(); // SIGTERM: an orderly end
    assertThat(jvmm.waitFor()).isZero();
  }

  @Test
  void cache_isMadeAtFirstUseAndThenTaken() throws IOException, InterruptedException {
    String place = home.resolve("first use").toString();
    Path caches = Files.createDirectories(Path.of(place, "jvmm"));
    try (WatchService watch = caches.getFileSystem().newWatchService()) {
      caches.register(watch, StandardWatchEventKinds.ENTRY_CREATE);

      assertThat(start(launcher, Map.of("XDG_CACHE_HOME", place), "-version").waitFor()).isZero();
      awaitCache(watch, caches);
    }

    // With this mode a JVM that can't take the cache ends at once, with status 1.
    Process second =
        start(
            launcher,
            Map.of("XDG_CACHE_HOME", place, "JVMM_JAVA_OPTS", "-XX:AOTMode=on"),
            "-version");
    assertThat(second.waitFor()).isZero();
  }

  /** As a service manager starts it: a cache would go to /.cache. */
  @Test
  void withoutAHome_noCacheIsMade() throws IOException, InterruptedException {
    Path atTheRoot = Path.of("/.cache/jvmm");
    boolean before = Files.exists(atTheRoot);
    ProcessBuilder builder = new ProcessBuilder(launcher.toString(), "-version");
    builder.environment().keySet().removeAll(List.of("HOME", "XDG_CACHE_HOME"));

    assertThat(builder.inheritIO().start().waitFor()).isZero();

    assertThat(Files.exists(atTheRoot)).isEqualTo(before);
  }

  @Test
  void cache_ofTheCheckoutIsMadeByPackage() throws IOException, InterruptedException {
    Map<String, String> strict = Map.of("JVMM_JAVA_OPTS", "-XX:AOTMode=on");

    assertThat(start(CHECKOUT.resolve("jvmm"), strict, "-version").waitFor()).isZero();
  }

  /**
   * A class that the training run has missed is looked for in a jar: milliseconds of each start.
   */
  @ParameterizedTest
  @ValueSource(strings = {"pc", "microvm"})
  void start_findsItsClassesInTheCache(String machine) throws IOException, InterruptedException {
    Path kernel = TinyKernel.halting(home.resolve(machine + ".elf"), "!");
    Path log = home.resolve(machine + ".log");
    Map<String, String> logging = Map.of("JVMM_JAVA_OPTS", "-Xlog:class+load:file=" + log);

    Process jvmm =
        start(
            CHECKOUT.resolve("jvmm"),
            logging,
            ("-machine " + machine + " -m 64 -serial stdio -display none -kernel " + kernel)
                .split(" "));

    try {
      assertThat(jvmm.getInputStream().read()).isEqualTo('!');
      assertThat(Files.readAllLines(log))
          .anyMatch(
              line -> line.contains(" dev.jvmm.machine.MachineFactory source: shared objects"))
          .noneMatch(
              line -> line.matches(".* (dev.jvmm|picocli|tools.jackson)[.].* source: file:.*"))
          .noneMatch(line -> line.contains(" source: jrt:"));
    } finally {
      jvmm.destroy();
    }
    assertThat(jvmm.waitFor()).isZero();
  }

  private static void awaitCache(WatchService watch, Path caches)
      throws IOException, InterruptedException {
    while (!hasCache(caches)) {
      WatchKey key = watch.poll(60, TimeUnit.SECONDS);
      assertThat(key).as("a new file in the cache folder").isNotNull();
      key.pollEvents();
      key.reset();
    }
  }

  private static boolean hasCache(Path caches) throws IOException {
    try (Stream<Path> files = Files.list(caches)) {
      return files.anyMatch(file -> file.toString().endsWith(".aot"));
    }
  }

  private static Process start(Path script, Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> command =
        Stream.concat(Stream.of(script.toString()), Stream.of(arguments)).toList();
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("XDG_CACHE_HOME", home.resolve("cache").toString());
    builder.environment().putAll(environment);
    return builder
        .redirectInput(new File("/dev/null"))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
