package dev.jvmm.linux.vhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jvmm.linux.Errno;
import dev.jvmm.linux.Fd;
import dev.jvmm.linux.OpenFlags;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our numbers of vhost, against the C compiler and the kernel headers of this machine. */
class VhostHeadersTest {

  @TempDir Path folder;

  @Test
  void numbers_agreeWithTheCompiler() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/gcc")), "no gcc");
    assumeTrue(Files.exists(Path.of("/usr/include/linux/vhost.h")), "no kernel headers");
    Map<String, Long> ours = new LinkedHashMap<>();
    for (Field field : VhostRequest.class.getDeclaredFields()) {
      if (Modifier.isStatic(field.getModifiers())) {
        ours.put("VHOST_" + field.getName(), field.getLong(null));
      }
    }
    ours.put("1ull << VHOST_F_LOG_ALL", Vhost.LOG_ALL);
    ours.put("1ull << VHOST_NET_F_VIRTIO_NET_HDR", Vhost.NET_VIRTIO_NET_HDR);
    ours.put("sizeof(struct vhost_vring_state)", (long) Vhost.STATE_BYTES);
    ours.put("offsetof(struct vhost_vring_state, num)", (long) Vhost.STATE_NUMBER);
    ours.put("sizeof(struct vhost_vring_file)", (long) Vhost.STATE_BYTES);
    ours.put("offsetof(struct vhost_vring_file, fd)", (long) Vhost.STATE_NUMBER);
    ours.put("sizeof(struct vhost_vring_addr)", (long) Vhost.ADDR_BYTES);
    ours.put("offsetof(struct vhost_vring_addr, flags)", (long) Vhost.ADDR_FLAGS);
    ours.put("offsetof(struct vhost_vring_addr, desc_user_addr)", (long) Vhost.ADDR_DESC);
    ours.put("offsetof(struct vhost_vring_addr, used_user_addr)", (long) Vhost.ADDR_USED);
    ours.put("offsetof(struct vhost_vring_addr, avail_user_addr)", (long) Vhost.ADDR_AVAIL);
    ours.put("offsetof(struct vhost_vring_addr, log_guest_addr)", (long) Vhost.ADDR_LOG);
    ours.put("sizeof(struct vhost_memory)", (long) Vhost.MEMORY_BYTES);
    ours.put("sizeof(struct vhost_memory_region)", (long) Vhost.REGION_BYTES);
    ours.put("offsetof(struct vhost_memory_region, memory_size)", (long) Vhost.REGION_SIZE);
    ours.put("offsetof(struct vhost_memory_region, userspace_addr)", (long) Vhost.REGION_HVA);

    assertThat(compile(List.copyOf(ours.keySet()))).isEqualTo(ours);
  }

  @Test
  void requests_toWhatIsNoVhostDevice_areRefused() {
    try (Vhost vhost = Vhost.adopt(Fd.open("/dev/null", OpenFlags.RDWR, 0))) {
      assertThat(vhost.tryFeatures()).isEqualTo(-Errno.ENOTTY);
      assertThat(vhost.trySetOwner()).isEqualTo(-Errno.ENOTTY);
      assertThat(vhost.trySetMemory(List.of(new MemoryRange(0, 4096, 4096))))
          .isEqualTo(-Errno.ENOTTY);
      assertThat(vhost.tryBase(0)).isEqualTo(-Errno.ENOTTY);
      assertThat(vhost.trySetRunning(true)).isEqualTo(-Errno.ENOTTY);
    }
  }

  private Map<String, Long> compile(List<String> expressions) throws Exception {
    StringBuilder c =
        new StringBuilder("#include <stddef.h>\n#include <stdio.h>\n#include <linux/vhost.h>\n");
    c.append("int main(void) {\n");
    for (String expression : expressions) {
      c.append("printf(\"%lld\\n\", (long long)(").append(expression).append("));\n");
    }
    c.append("return 0; }\n");
    Path source = folder.resolve("vhost.c");
    Path program = folder.resolve("vhost");
    Files.writeString(source, c);
    run("gcc", "-o", program.toString(), source.toString());
    Map<String, Long> values = new LinkedHashMap<>();
    List<String> lines = run(program.toString()).lines().toList();
    for (int i = 0; i < expressions.size(); i++) {
      values.put(expressions.get(i), Long.parseLong(lines.get(i)));
    }
    return values;
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
