package dev.jvmm.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.machine.Machine;
import org.junit.jupiter.api.Test;

/** What the extension says of this host; real guests are elsewhere. */
class GuestExtensionTest {

  @Test
  void hostThatCanNot_skipsWithTheReason() {
    var result = GuestExtension.condition("there is no /dev/kvm");
    assertThat(result.isDisabled()).isTrue();
    assertThat(result.getReason()).contains("no guest can run: there is no /dev/kvm");
  }

  @Test
  void hostThatCan_runs() {
    assertThat(GuestExtension.condition(null).isDisabled()).isFalse();
  }

  @Test
  void obstacle_isASentenceOrNothing() {
    String obstacle = Machine.obstacle();
    assertThat(obstacle == null || obstacle.contains("; ")).isTrue();
  }

  @Test
  void failedCommand_failsTheTestWithWhatItSaid() {
    assertThatThrownBy(() -> new ExecResult(2, "", "no such thing").orFail())
        .isInstanceOf(AssertionError.class)
        .hasMessage("exit code 2, stderr:\nno such thing");
    ExecResult good = new ExecResult(0, "x", "");
    assertThat(good.orFail()).isSameAs(good);
  }
}
