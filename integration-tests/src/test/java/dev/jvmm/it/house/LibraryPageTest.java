package dev.jvmm.it.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the library's pages show in Java is what the build compiles. */
class LibraryPageTest {

  private static final Path CHECKOUT = Path.of(System.getProperty("jvmm.checkout"));
  private static final List<String> EXAMPLES =
      List.of("integration-tests/src/main/java/dev/jvmm/it/example", "examples");
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)\n```", Pattern.DOTALL);

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "docs/library.md"})
  void examples_areThoseThatCompile(String page) throws IOException {
    String examples = examples();
    List<String> shown = new ArrayList<>();
    Matcher matcher = JAVA.matcher(Files.readString(CHECKOUT.resolve(page)));
    while (matcher.find()) {
      shown.add(unindented(matcher.group(1)));
    }
    assertThat(shown).isNotEmpty().allSatisfy(block -> assertThat(examples).contains(block));
  }

  private static String examples() throws IOException {
    StringBuilder all = new StringBuilder();
    for (String folder : EXAMPLES) {
      if (Files.isDirectory(CHECKOUT.resolve(folder))) {
        try (Stream<Path> files = Files.walk(CHECKOUT.resolve(folder))) {
          for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
            all.append(unindented(Files.readString(file)));
          }
        }
      }
    }
    return all.toString();
  }

  private static String unindented(String text) {
    return text.replaceAll("(?m)^ +", "");
  }
}
