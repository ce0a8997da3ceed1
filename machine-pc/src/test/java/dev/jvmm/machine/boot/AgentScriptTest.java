package dev.jvmm.machine.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The built-in guest's agent, run by this host's shell. */
@Timeout(60)
class AgentScriptTest {

  @TempDir private Path folder;
  private Process agent;
  private InputStream from;
  private OutputStream to;

  @BeforeEach
  void start() throws IOException {
    Path script = Files.writeString(folder.resolve("agent"), DefaultInit.AGENT);
    ProcessBuilder builder = new ProcessBuilder("/bin/sh", script.toString());
    builder.environment().put("JVMM_AGENT", folder.resolve("run").toString());
    builder.environment().put("HOME", folder.toString());
    agent = builder.start();
    from = agent.getInputStream();
    to = agent.getOutputStream();
    assertThat(line()).isEqualTo("ready 0 0 0");
  }

  @AfterEach
  void end() throws InterruptedException {
    agent.destroy();
    agent.waitFor();
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = from.read(); c != '\n' && c >= 0; c = from.read()) {
      line.append((char) c);
    }
    return line.toString();
  }

  private void ask(String verb, byte[] bytes) throws IOException {
    to.write((verb + " " + bytes.length + "\n").getBytes(StandardCharsets.US_ASCII));
    to.write(bytes);
    to.flush();
  }

  private void exec(String script) throws IOException {
    ask("exec", script.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void command_answersWithStatusAndBothStreams() throws IOException {
    exec("echo one; echo two >&2; exit 7");
    assertThat(line()).isEqualTo("done 7 4 4");
    assertThat(from.readNBytes(8)).asString().isEqualTo("one\ntwo\n");
  }

  @Test
  void command_findsTheBytesThatWerePut() throws IOException {
    byte[] bytes = new byte[100_000];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31);
    }
    ask("put", bytes);
    assertThat(line()).isEqualTo("done 0 0 0");
    exec("cat \"$data\"");
    assertThat(line()).isEqualTo("done 0 100000 0");
    assertThat(from.readNBytes(bytes.length)).isEqualTo(bytes);
  }

  @Test
  void command_thatReadsItsInputFindsNone() throws IOException {
    exec("cat; echo end");
    assertThat(line()).isEqualTo("done 0 4 0");
    assertThat(from.readNBytes(4)).asString().isEqualTo("end\n");
    exec("");
    assertThat(line()).isEqualTo("done 0 0 0");
  }

  @Test
  void request_thatItDoesNotKnowIsRefusedAndTheNextAnswered() throws IOException {
    ask("dance", new byte[0]);
    assertThat(line()).isEqualTo("done 255 0 0");
    exec("echo still here");
    assertThat(line()).isEqualTo("done 0 11 0");
  }
}
