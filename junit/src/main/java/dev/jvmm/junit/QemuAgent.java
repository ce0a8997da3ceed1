package dev.jvmm.junit;

import dev.jvmm.core.vm.GuestStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * QEMU's guest agent, which many distributions' guests have: lines of JSON (QEMU Guest Agent
 * Protocol Reference), guest-exec for commands and guest-file-* for files.
 *
 * <p>Thread: confined.
 */
final class QemuAgent implements GuestAgent {

  /** The name of its port. */
  static final String PORT = "org.qemu.guest_agent.0";

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long POLL_MILLIS = 20;

  /** Bytes of a file that go at once; the agent takes 48 MB, and keeps all of it in memory. */
  private static final int PIECE_BYTES = 1 << 18;

  private final GuestStream port;

  QemuAgent(GuestStream port) {
    this.port = port;
  }

  /** What is sent to see whether it is there; it answers with the same number. */
  static byte[] sync(int number) {
    return AgentJson.command("guest-sync", Map.of("id", number));
  }

  /** Whether a line is the answer to {@link #sync}. */
  static Pattern synced(int number) {
    return Pattern.compile("\\{\"return\": *" + number + "\\}\r?\n");
  }

  @Override
  public Output exec(String script, Duration patience) throws IOException, InterruptedException {
    Map<String, Object> begun =
        ask(
            "guest-exec",
            Map.of("path", "/bin/sh", "arg", new String[] {"-c", script}, "capture-output", true));
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      Map<String, Object> status = ask("guest-exec-status", Map.of("pid", number(begun, "pid")));
      if (Boolean.TRUE.equals(status.get("exited"))) {
        int code =
            status.containsKey("exitcode")
                ? (int) number(status, "exitcode")
                : 128 + (int) number(status, "signal");
        return new Output(code, bytes(status, "out-data"), bytes(status, "err-data"));
      }
      if (System.nanoTime() > deadline) {
        throw new IOException("the command has not ended within " + patience);
      }
      Thread.sleep(POLL_MILLIS); // the protocol knows no other way to wait
    }
  }

  @Override
  public void write(String path, byte[] bytes) throws IOException, InterruptedException {
    long handle = open(path, "w");
    for (int at = 0; at < bytes.length; ) {
      int length = Math.min(PIECE_BYTES, bytes.length - at);
      byte[] piece = java.util.Arrays.copyOfRange(bytes, at, at + length);
      String text = Base64.getEncoder().encodeToString(piece);
      Map<String, Object> done = ask("guest-file-write", Map.of("handle", handle, "buf-b64", text));
      at += (int) number(done, "count");
    }
    close(handle);
  }

  @Override
  public byte[] read(String path) throws IOException, InterruptedException {
    long handle = open(path, "r");
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (true) {
      Map<String, Object> piece =
          ask("guest-file-read", Map.of("handle", handle, "count", PIECE_BYTES));
      all.writeBytes(bytes(piece, "buf-b64"));
      if (Boolean.TRUE.equals(piece.get("eof"))) {
        close(handle);
        return all.toByteArray();
      }
    }
  }

  private long open(String path, String mode) throws IOException, InterruptedException {
    Map<String, Object> answer = ask("guest-file-open", Map.of("path", path, "mode", mode));
    return number(answer, AgentJson.ALONE);
  }

  private void close(long handle) throws IOException, InterruptedException {
    ask("guest-file-close", Map.of("handle", handle));
  }

  private Map<String, Object> ask(String command, Map<String, Object> arguments)
      throws IOException, InterruptedException {
    port.send(AgentJson.command(command, arguments));
    return AgentJson.answer(command, port.expect("\n", PATIENCE).before());
  }

  private static long number(Map<String, Object> answer, String key) throws IOException {
    if (answer.get(key) instanceof Number number) {
      return number.longValue();
    }
    throw new IOException("the guest agent's answer lacks " + key + ": " + answer);
  }

  private static byte[] bytes(Map<String, Object> answer, String key) {
    return answer.get(key) instanceof String text ? Base64.getDecoder().decode(text) : new byte[0];
  }
}
