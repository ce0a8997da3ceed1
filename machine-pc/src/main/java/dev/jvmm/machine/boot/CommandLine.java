package dev.jvmm.machine.boot;

import dev.jvmm.core.vm.ConfigException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A kernel's command line as bytes.
 *
 * <p>Thread: stateless.
 */
final class CommandLine {

  private CommandLine() {}

  /**
   * The text with its closing NUL.
   *
   * @param maxBytes what the kernel takes, without the NUL
   */
  static byte[] encode(String text, long maxBytes) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    long max = Math.min(maxBytes, BootArea.COMMAND_LINE_BYTES - 1);
    if (bytes.length > max) {
      throw new ConfigException(
          "append",
          "\"%.20s...\": %d bytes, this kernel takes %d at most; shorten it"
              .formatted(text, bytes.length, max));
    }
    if (text.indexOf('\0') >= 0) {
      throw new ConfigException("append", "has a NUL character in it; take that out");
    }
    return Arrays.copyOf(bytes, bytes.length + 1);
  }
}
