package dev.jvmm.virtio.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The seeds in the resources are those that {@link SeedCorpus} makes; {@code scripts/fuzz seeds}
 * writes them there. Beside them are inputs that a fuzzer found something with.
 */
class SeedCorpusTest {

  private static final Path RESOURCES = Path.of("src", "test", "resources");

  @Test
  void seeds_areWhatTheGeneratorMakes() throws IOException {
    for (Map.Entry<String, byte[]> file : SeedCorpus.files().entrySet()) {
      assertThat(RESOURCES.resolve(file.getKey())).hasBinaryContent(file.getValue());
    }
  }

  /** Writes them, from the folder of the module. */
  public static void main(String[] args) throws IOException {
    for (Map.Entry<String, byte[]> file : SeedCorpus.files().entrySet()) {
      Path path = RESOURCES.resolve(file.getKey());
      Files.createDirectories(path.resolveSibling("."));
      Files.write(path, file.getValue());
    }
  }
}
