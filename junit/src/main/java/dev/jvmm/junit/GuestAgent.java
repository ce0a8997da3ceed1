package dev.jvmm.junit;

import java.io.IOException;
import java.time.Duration;

/**
 * Who does in the guest what a test asks for.
 *
 * <p>Thread: confined; {@link Guest} takes turns.
 */
interface GuestAgent {

  /**
   * What a script for {@code /bin/sh} came to; its output is what it was, byte by byte.
   *
   * @throws IOException if the guest does not do as it was asked
   */
  Output exec(String script, Duration patience) throws IOException, InterruptedException;

  /** Writes a file of the guest's, which is made if need be. */
  void write(String path, byte[] bytes) throws IOException, InterruptedException;

  /** Reads a whole file of the guest's. */
  byte[] read(String path) throws IOException, InterruptedException;

  /** As {@link ExecResult}, in bytes. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  record Output(int exitCode, byte[] out, byte[] err) {}
}
