package dev.jvmm.it.house;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/**
 * What is reached through one place: the host by kvm-bindings, where all downcalls live, and the
 * JSON parser by one class, so that a start without JSON does not load it.
 */
class DowncallsTest {

  private static final JavaClasses CLASSES = classesOfTheDistribution();

  @Test
  void linker_isKnownToTheBindingsAlone() {
    assertThat(CLASSES.containPackage("dev.jvmm.core.memory")).isTrue();

    noClasses()
        .that(not(resideInAnyPackage("dev.jvmm.linux..", "dev.jvmm.kvm..")))
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(Linker.class, SymbolLookup.class)
        .check(CLASSES);
  }

  @Test
  void jsonParser_isKnownToOneClass() {
    noClasses()
        .that()
        .haveNameNotMatching("dev\\.jvmm\\.machine\\.catalog\\.JsonText(\\$.*)?")
        .should()
        .dependOnClassesThat(resideInAnyPackage("tools.jackson.."))
        .check(CLASSES);
  }

  @Test
  void nativeMethods_areDeclaredNowhere() {
    noMethods()
        .that()
        .areDeclaredInClassesThat(resideInAnyPackage("dev.jvmm.."))
        .should()
        .haveModifier(JavaModifier.NATIVE)
        .check(CLASSES);
  }

  private static JavaClasses classesOfTheDistribution() {
    Path folder = Path.of(System.getProperty("jvmm.checkout"), "cli/target/dist/lib");
    List<JarFile> jars = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "dev.jvmm.*.jar")) {
      for (Path file : files) {
        jars.add(new JarFile(file.toFile()));
      }
      return new ClassFileImporter().importJars(jars);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
