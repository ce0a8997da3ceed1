package dev.jvmm.it.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The arrows of ARCHITECTURE.md, read from the modules that the distribution ships. */
class ModuleGraphTest {

  private static final String HOUSE = "dev.jvmm.";

  // Of a class file (JVMS 4.1).
  private static final int MAJOR_VERSION = 6;
  private static final short JAVA_25 = 69;

  /** What each module may require of the house. */
  private static final Map<String, Set<String>> ARROWS =
      Map.of(
          "kvm", Set.of(),
          "core", Set.of("kvm"),
          "vcpu", Set.of("core", "kvm"),
          "block", Set.of("core", "kvm"),
          "virtio", Set.of("core", "block"),
          "vhost", Set.of("core", "kvm", "virtio"),
          "machine", Set.of("core", "kvm", "vcpu", "block", "virtio", "vhost"),
          "qmp", Set.of("core", "kvm", "machine"),
          "cli", Set.of("core", "kvm", "machine", "qmp"));

  private static final Map<String, ModuleDescriptor> MODULES = modules();

  @Test
  void modules_requireWhatTheArrowsSay() {
    Map<String, Set<String>> beyond = new TreeMap<>();
    MODULES.forEach(
        (name, module) -> {
          Set<String> others = required(module);
          others.removeAll(ARROWS.getOrDefault(name, Set.of()));
          if (!others.isEmpty() || !ARROWS.containsKey(name)) {
            beyond.put(name, others);
          }
        });

    assertThat(beyond).as("requirements that are no arrow").isEmpty();
    assertThat(MODULES).containsKeys("kvm", "core", "vcpu", "machine", "cli");
  }

  @Test
  void kvm_isPassedOnByNobody() {
    assertThat(MODULES.values())
        .allSatisfy(
            module ->
                assertThat(module.requires())
                    .noneMatch(
                        required ->
                            required.name().equals(HOUSE + "kvm")
                                && required.modifiers().contains(Requires.Modifier.TRANSITIVE)));
  }

  @Test
  void kvm_isOpenToCoreAndVcpuAlone() {
    assertThat(MODULES.values().stream().flatMap(module -> module.exports().stream()))
        .filteredOn(exported -> exported.source().startsWith(HOUSE + "kvm"))
        .isNotEmpty()
        .allSatisfy(
            exported ->
                assertThat(exported.targets())
                    .isNotEmpty()
                    .isSubsetOf(HOUSE + "core", HOUSE + "vcpu"));
  }

  @Test
  void libraries_areRequiredWhereTheyAreUsed() {
    assertThat(requiring("info.picocli")).containsExactly("cli");
    assertThat(requiring("tools.jackson.core")).containsExactly("machine");
  }

  private static List<String> requiring(String library) {
    return MODULES.entrySet().stream()
        .filter(
            module ->
                module.getValue().requires().stream()
                    .anyMatch(required -> required.name().equals(library)))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The AOT cache refuses classes as old as those that picocli publishes. */
  @Test
  void picocli_isCompiledAtOurRelease() throws IOException {
    ModuleReference picocli = finder().find("info.picocli").orElseThrow();
    try (ModuleReader reader = picocli.open()) {
      ByteBuffer classFile = reader.read("picocli/CommandLine.class").orElseThrow();
      assertThat(classFile.getShort(MAJOR_VERSION)).isGreaterThanOrEqualTo(JAVA_25);
    }
  }

  private static Set<String> required(ModuleDescriptor module) {
    return module.requires().stream()
        .map(Requires::name)
        .filter(name -> name.startsWith(HOUSE))
        .map(name -> name.substring(HOUSE.length()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Map<String, ModuleDescriptor> modules() {
    return finder().findAll().stream()
        .map(reference -> reference.descriptor())
        .filter(module -> module.name().startsWith(HOUSE))
        .collect(Collectors.toMap(m -> m.name().substring(HOUSE.length()), m -> m));
  }

  private static ModuleFinder finder() {
    Path checkout = Path.of(System.getProperty("jvmm.checkout"));
    return ModuleFinder.of(checkout.resolve("cli/target/dist/lib"));
  }
}
