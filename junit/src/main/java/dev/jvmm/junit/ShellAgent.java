package dev.jvmm.junit;

import dev.jvmm.core.vm.GuestStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The agent of jvmm's built-in guest: a line asks, so many bytes as it says follow, and so it
 * answers. Strictly one after the other.
 *
 * <p>Thread: confined.
 */
final class ShellAgent implements GuestAgent {

  /** The name of its port. */
  static final String PORT = "dev.jvmm.agent";

  /** What it says by itself once it is there. */
  static final String READY = "ready 0 0 0\n";

  private static final Pattern DONE = Pattern.compile("done (\\d+) (\\d+) (\\d+)\n");
  private static final Duration FILE_PATIENCE = Duration.ofMinutes(1);

  /** Bytes of an answer that we take at once. */
  private static final int PIECE_BYTES = 1 << 16;

  private final GuestStream port;

  ShellAgent(GuestStream port) {
    this.port = port;
  }

  @Override
  public Output exec(String script, Duration patience) throws IOException, InterruptedException {
    return ask("exec", script.getBytes(StandardCharsets.UTF_8), patience);
  }

  @Override
  public void write(String path, byte[] bytes) throws IOException, InterruptedException {
    ask("put", bytes, FILE_PATIENCE);
    done(exec("mv \"$data\" " + quoted(path), FILE_PATIENCE));
  }

  @Override
  public byte[] read(String path) throws IOException, InterruptedException {
    return done(exec("cat " + quoted(path), FILE_PATIENCE)).out();
  }

  private static Output done(Output output) throws IOException {
    if (output.exitCode() != 0) {
      throw new IOException(new String(output.err(), StandardCharsets.UTF_8).strip());
    }
    return output;
  }

  private Output ask(String verb, byte[] bytes, Duration patience)
      throws IOException, InterruptedException {
    port.send((verb + " " + bytes.length + "\n").getBytes(StandardCharsets.US_ASCII));
    port.send(bytes);
    List<String> numbers = port.expect(DONE, patience).groups();
    byte[] out = receive(Integer.parseInt(numbers.get(2)));
    byte[] err = receive(Integer.parseInt(numbers.get(3)));
    return new Output(Integer.parseInt(numbers.get(1)), out, err);
  }

  private byte[] receive(int count) throws InterruptedException {
    byte[] bytes = new byte[count];
    for (int at = 0; at < count; ) {
      byte[] piece = port.receive(Math.min(PIECE_BYTES, count - at), FILE_PATIENCE);
      System.arraycopy(piece, 0, bytes, at, piece.length);
      at += piece.length;
    }
    return bytes;
  }

  /** A word of the shell's, whatever stands in it. */
  static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }
}
