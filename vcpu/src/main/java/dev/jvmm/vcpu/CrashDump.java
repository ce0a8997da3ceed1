package dev.jvmm.vcpu;

import dev.jvmm.linux.LinuxException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a vCPU that can't go on, for people: what happened, registers, code bytes.
 *
 * <p>Thread: on the vCPU's own, outside KVM_RUN.
 */
final class CrashDump {

  private CrashDump() {}

  static String of(Vcpu vcpu, String what, @Nullable Throwable cause) {
    StringBuilder text = new StringBuilder();
    text.append("vCPU with APIC id ").append(vcpu.apicId()).append(": ").append(what).append('\n');
    try {
      text.append(new RegisterDump(vcpu).text());
    } catch (LinuxException e) {
      text.append("registers can't be read: ").append(e.getMessage()).append('\n');
    }
    if (cause != null) {
      StringWriter trace = new StringWriter();
      cause.printStackTrace(new PrintWriter(trace, true));
      text.append(trace);
    }
    return text.toString().stripTrailing();
  }

  static String hex(byte[] bytes) {
    return HexFormat.ofDelimiter(" ").formatHex(bytes);
  }
}
