package dev.jvmm.machine.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.vm.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstalledKernelTest {

  @TempDir Path root;

  private void install(String... names) throws IOException {
    Files.createDirectories(root.resolve("boot"));
    for (String name : names) {
      Files.writeString(root.resolve("boot").resolve(name), "kernel");
    }
  }

  @Test
  void versions_areOrderedByNumberAndCandidatesBelowReleases() {
    List<String> ascending =
        List.of(
            "",
            "linux",
            "5.15.0-9-generic",
            "5.15.0-101-generic",
            "6.1.0-56-amd64",
            "6.9.12-amd64",
            "6.10-rc2-amd64",
            "6.10~rc7-amd64",
            "6.10-amd64",
            "6.10.1-amd64",
            "6.010.2-amd64");

    assertThat(ascending.reversed().stream().sorted(InstalledKernel.BY_VERSION))
        .containsExactlyElementsOf(ascending);
  }

  @Test
  void newest_isFound() throws IOException {
    install("vmlinuz-6.9.1", "vmlinuz-6.10.0", "vmlinuz.old", "config-7.0", "vmlinuz");
    Files.createDirectory(root.resolve("boot/vmlinuz-9"));

    assertThat(InstalledKernel.find(root, null)).isEqualTo(root.resolve("boot/vmlinuz-6.10.0"));
    assertThat(InstalledKernel.find(root, "")).isEqualTo(root.resolve("boot/vmlinuz-6.10.0"));
  }

  @Test
  void variable_choosesAnother() throws IOException {
    install("vmlinuz-6.9.1");
    Path other = Files.writeString(root.resolve("mine"), "kernel");

    assertThat(InstalledKernel.find(root, other.toString())).isEqualTo(other);
  }

  @Test
  void variableWithoutFile_isASentence() {
    assertThatThrownBy(() -> InstalledKernel.find(root, "/no/such/kernel"))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "kernel not given, and JVMM_KERNEL=/no/such/kernel is no file; correct it or unset it");
  }

  @Test
  void noKernel_isASentence() throws IOException {
    String sentence =
        "kernel not given, and there is no kernel in "
            + root.resolve("boot")
            + "; install linux-image-amd64 or set JVMM_KERNEL";

    assertThatThrownBy(() -> InstalledKernel.find(root, null))
        .isInstanceOf(ConfigException.class)
        .hasMessage(sentence);
    install("initrd.img");
    assertThatThrownBy(() -> InstalledKernel.find(root, null))
        .isInstanceOf(ConfigException.class)
        .hasMessage(sentence);
  }
}
