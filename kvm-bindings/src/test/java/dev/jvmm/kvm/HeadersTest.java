package dev.jvmm.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jvmm.kvm.uapi.Uapi;
import java.io.IOException;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What jextract generated, against the C compiler and the kernel headers of this machine.
 *
 * <p>Newer headers may have made a struct longer at its tail, and with it the size inside its
 * requests' numbers; a member that has moved is an error.
 */
class HeadersTest {

  private static final Path SOURCES = Path.of("src/generated/java/dev/jvmm/kvm/uapi");
  private static final String SIZE = "sizeof ";
  private static final String CONSTANT = "constant ";

  // Numbers that say how much there is, and so grow with the kernel.
  private static final Set<String> GROWING =
      Set.of(
          "KVM_IOEVENTFD_VALID_FLAG_MASK",
          "KVM_X86_DISABLE_VALID_EXITS",
          "KVM_STATS_TYPE_MAX",
          "KVM_STATS_UNIT_MAX",
          "KVM_STATS_BASE_MAX");

  @TempDir Path folder;

  @Test
  void generatedClasses_agreeWithTheCompiler() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/gcc")), "no gcc");
    assumeTrue(Files.exists(Path.of("/usr/include/linux/kvm.h")), "no kernel headers");
    Map<String, Long> generated = new LinkedHashMap<>();
    for (Class<?> struct : structs()) {
      GroupLayout layout = (GroupLayout) struct.getMethod("layout").invoke(null);
      generated.put(SIZE + struct.getSimpleName(), layout.byteSize());
      members(struct.getSimpleName() + " ", layout, 0, generated);
    }
    constants(generated);
    generated.put(CONSTANT + "KVM_SET_NESTED_STATE", Ioctl.KVM_SET_NESTED_STATE);
    generated.put(CONSTANT + "KVM_CAP_NESTED_STATE", (long) Capability.NESTED_STATE.number());

    Map<String, Long> compiled = compile(generated.keySet());

    assertThat(generated).hasSizeGreaterThan(800);
    generated.forEach(
        (name, value) -> {
          long headers = compiled.getOrDefault(name, Long.MIN_VALUE);
          if (name.startsWith(SIZE)) {
            assertThat(headers).as(name).isGreaterThanOrEqualTo(value);
          } else if (name.startsWith(CONSTANT)) {
            assertThat(withoutSize(headers)).as(name).isEqualTo(withoutSize(value));
          } else {
            assertThat(headers).as(name).isEqualTo(value);
          }
        });
  }

  /** A request's number without the size of its struct; any other small number as it is. */
  private static long withoutSize(long value) {
    boolean request = (value & 0xFF00) == 0xAE00 || (value & 0xFF00) == 0xAF00;
    return request ? value & ~0x3FFF_0000L : value;
  }

  private static List<Class<?>> structs() throws IOException {
    try (Stream<Path> files = Files.list(SOURCES)) {
      return files
          .map(file -> file.getFileName().toString().replace(".java", ""))
          .filter(name -> !name.startsWith("Uapi"))
          .sorted()
          .<Class<?>>map(HeadersTest::load)
          .toList();
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName("dev.jvmm.kvm.uapi." + name);
    } catch (ClassNotFoundException e) {
      throw new LinkageError(name, e);
    }
  }

  /** Every named member, and the members of structs inside, by the path that C would use. */
  private static void members(
      String prefix, GroupLayout layout, long start, Map<String, Long> offsets) {
    long offset = start;
    for (MemoryLayout member : layout.memberLayouts()) {
      String name = member.name().orElse("");
      boolean anonymous = name.isEmpty() || name.contains("$anon");
      if (!anonymous) {
        offsets.put(prefix + name, offset);
      }
      if (member instanceof GroupLayout group) {
        members(anonymous ? prefix : prefix + name + ".", group, offset, offsets);
      }
      if (layout instanceof StructLayout) {
        offset += member.byteSize();
      }
    }
  }

  private static void constants(Map<String, Long> into) throws ReflectiveOperationException {
    for (Method method : Uapi.class.getMethods()) {
      boolean constant =
          Modifier.isStatic(method.getModifiers())
              && method.getParameterCount() == 0
              && (method.getReturnType() == int.class || method.getReturnType() == long.class)
              && !GROWING.contains(method.getName());
      if (constant) {
        into.put(CONSTANT + method.getName(), ((Number) method.invoke(null)).longValue());
      }
    }
  }

  private Map<String, Long> compile(Set<String> names) throws Exception {
    StringBuilder c =
        new StringBuilder(
            """
            #include <stddef.h>
            #include <stdio.h>
            #include <linux/kvm.h>
            #include <linux/vhost.h>
            #include <linux/if_tun.h>
            #include <linux/if.h>
            int main(void) {
            """);
    for (String name : names) {
      c.append("printf(\"%lld %s\\n\", (long long)(");
      c.append(expression(name)).append("), \"").append(name).append("\");\n");
    }
    c.append("return 0; }\n");
    Path source = folder.resolve("layout.c");
    Path program = folder.resolve("layout");
    Files.writeString(source, c);
    run("gcc", "-o", program.toString(), source.toString());
    Map<String, Long> values = new LinkedHashMap<>();
    for (String line : run(program.toString()).lines().toList()) {
      int space = line.indexOf(' ');
      values.put(line.substring(space + 1), Long.parseLong(line.substring(0, space)));
    }
    return values;
  }

  private static String expression(String name) {
    if (name.startsWith(SIZE)) {
      return "sizeof(struct " + name.substring(SIZE.length()) + ")";
    }
    if (name.startsWith(CONSTANT)) {
      return name.substring(CONSTANT.length());
    }
    int space = name.indexOf(' ');
    return "offsetof(struct " + name.substring(0, space) + ", " + name.substring(space + 1) + ")";
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
