package dev.jvmm.junit;

import java.nio.charset.StandardCharsets;

/**
 * How a command in the guest ended, and what it said.
 *
 * <p>Thread: immutable.
 *
 * @param exitCode its exit status, 0 to 255
 * @param stdout its standard output, whole, as UTF-8
 * @param stderr its standard error, whole, as UTF-8
 */
public record ExecResult(int exitCode, String stdout, String stderr) {

  static ExecResult of(int exitCode, byte[] out, byte[] err) {
    return new ExecResult(
        exitCode, new String(out, StandardCharsets.UTF_8), new String(err, StandardCharsets.UTF_8));
  }

  /**
   * Itself, of a command that has succeeded.
   *
   * @throws AssertionError if it has not, with what it said
   */
  public ExecResult orFail() {
    if (exitCode != 0) {
      throw new AssertionError("exit code " + exitCode + ", stderr:\n" + stderr);
    }
    return this;
  }
}
