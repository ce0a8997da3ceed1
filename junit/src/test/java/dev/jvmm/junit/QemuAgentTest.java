package dev.jvmm.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The protocol of QEMU's guest agent, as its reference has it. */
class QemuAgentTest {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final FakeStream port = new FakeStream();
  private final QemuAgent agent = new QemuAgent(port);

  @Test
  void exec_waitsForTheEndAndDecodesBothStreams() throws Exception {
    port.answer("{\"return\": {\"pid\": 42}}\n")
        .answer("{\"return\": {\"exited\": false}}\n")
        .answer(
            "{\"return\": {\"exitcode\": 3, \"out-data\": \"aGkK\", \"err-data\": \"bm8=\","
                + " \"exited\": true}}\n");
    GuestAgent.Output output = agent.exec("say \"hi\"", PATIENCE);

    assertThat(output.exitCode()).isEqualTo(3);
    assertThat(output.out()).asString().isEqualTo("hi\n");
    assertThat(output.err()).asString().isEqualTo("no");
    assertThat(port.sentText().lines().toList())
        .hasSize(3)
        .satisfies(
            lines -> {
              assertThat(lines.get(0))
                  .startsWith("{\"execute\":\"guest-exec\"")
                  .contains("\"arg\":[\"-c\",\"say \\\"hi\\\"\"]", "\"capture-output\":true");
              assertThat(lines.get(2))
                  .isEqualTo("{\"execute\":\"guest-exec-status\",\"arguments\":{\"pid\":42}}");
            });
  }

  @Test
  void signal_isAnExitCodeAsAShellsIs() throws Exception {
    port.answer("{\"return\": {\"pid\": 1}}\n")
        .answer("{\"return\": {\"exited\": true, \"signal\": 9}}\n");
    assertThat(agent.exec("kill -9 $$", PATIENCE).exitCode()).isEqualTo(137);
  }

  @Test
  void file_isReadToItsEnd() throws Exception {
    port.answer("{\"return\": 1000}\n")
        .answer("{\"return\": {\"count\": 2, \"buf-b64\": \"YWI=\", \"eof\": false}}\n")
        .answer("{\"return\": {\"count\": 1, \"buf-b64\": \"Yw==\", \"eof\": true}}\n")
        .answer("{\"return\": {}}\n");
    assertThat(agent.read("/etc/x")).asString().isEqualTo("abc");
    assertThat(port.sentText()).contains("guest-file-close\",\"arguments\":{\"handle\":1000}");
  }

  @Test
  void refusal_isToldInTheAgentsWords() {
    port.answer("{\"error\": {\"class\": \"GenericError\", \"desc\": \"failed to open\"}}\n");
    assertThatThrownBy(() -> agent.read("/x"))
        .isInstanceOf(IOException.class)
        .hasMessage("guest-file-open: failed to open");
  }

  @Test
  void refusal_isTextInUtf8() {
    port.answer("{\"error\": {\"class\": \"GenericError\", \"desc\": \"no \u20ac\"}}\n");
    assertThatThrownBy(() -> agent.read("/x"))
        .isInstanceOf(IOException.class)
        .hasMessage("guest-file-open: no \u20ac");
  }

  @Test
  void nonsense_isTold() {
    port.answer("login: \n");
    assertThatThrownBy(() -> agent.read("/x"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("login:");
  }

  @Test
  void sync_isAnsweredByItsNumberAlone() {
    assertThat(new String(QemuAgent.sync(7), java.nio.charset.StandardCharsets.US_ASCII))
        .isEqualTo("{\"execute\":\"guest-sync\",\"arguments\":{\"id\":7}}\n");
    assertThat(QemuAgent.synced(7).matcher("{\"return\": 7}\n").find()).isTrue();
    assertThat(QemuAgent.synced(7).matcher("{\"return\": 71}\n").find()).isFalse();
  }
}
