package dev.jvmm.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.vm.GuestStreamException;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What we say to the agent of the built-in guest, and make of its answers. */
class ShellAgentTest {

  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final FakeStream port = new FakeStream();
  private final ShellAgent agent = new ShellAgent(port);

  @Test
  void exec_asksWithTheLengthInBytes() throws Exception {
    port.answer("done 3 5 4\nout\u00e4err\n");
    GuestAgent.Output output = agent.exec("echo \u00e4", PATIENCE);

    assertThat(port.sentText()).isEqualTo("exec 7\necho \u00e4");
    assertThat(ExecResult.of(output.exitCode(), output.out(), output.err()))
        .isEqualTo(new ExecResult(3, "out\u00e4", "err\n"));
  }

  @Test
  void output_isWholeHoweverLong() throws Exception {
    byte[] bytes = new byte[200_000];
    bytes[199_999] = 7;
    port.answer("done 0 200000 0\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII), bytes);
    assertThat(agent.read("/file")).isEqualTo(bytes);
  }

  @Test
  void file_isPutAndThenMovedWhateverItIsCalled() throws Exception {
    port.answer("done 0 0 0\n").answer("done 0 0 0\n");
    agent.write("/tmp/it's", new byte[] {'x'});
    assertThat(port.sentText())
        .startsWith("put 1\nxexec ")
        .endsWith("mv \"$data\" '/tmp/it'\\''s'");
  }

  @Test
  void file_thatIsNotThereIsRefusedInTheGuestsWords() {
    port.answer("done 1 0 21\ncat: no such file: x\n");
    assertThatThrownBy(() -> agent.read("/x"))
        .isInstanceOf(IOException.class)
        .hasMessage("cat: no such file: x");
  }

  @Test
  void silence_isTold() {
    assertThatThrownBy(() -> agent.exec("true", PATIENCE)).isInstanceOf(GuestStreamException.class);
  }
}
