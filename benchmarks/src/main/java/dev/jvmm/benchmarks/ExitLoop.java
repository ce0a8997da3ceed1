package dev.jvmm.benchmarks;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.EOFException;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;

/** The C program exit-loop with a tiny kernel. Thread: confined. */
final class ExitLoop implements AutoCloseable {

  private final Process process;
  private final BufferedWriter requests;
  private final BufferedReader answers;

  ExitLoop(Path program, Path kernel) throws IOException {
    process =
        new ProcessBuilder(program.toString(), kernel.toString())
            .redirectError(Redirect.INHERIT)
            .start();
    requests = process.outputWriter();
    answers = process.inputReader();
  }

  /** How many nanoseconds an exit took on average, while it ran for so long. */
  double nanosPerExit(long milliseconds) throws IOException {
    requests.write(milliseconds + "\n");
    requests.flush();
    String answer = answers.readLine();
    if (answer == null) {
      throw new EOFException("exit-loop has ended");
    }
    return Double.parseDouble(answer);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
