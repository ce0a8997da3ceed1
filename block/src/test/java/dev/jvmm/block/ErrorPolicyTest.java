package dev.jvmm.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.block.ErrorPolicy.Action;
import dev.jvmm.linux.Errno;
import org.junit.jupiter.api.Test;

class ErrorPolicyTest {

  @Test
  void default_stopsForAFullDiskOnly() {
    ErrorPolicy policy = ErrorPolicy.of("auto", "auto");
    assertThat(policy).isEqualTo(ErrorPolicy.DEFAULT);
    assertThat(policy.decide(BlockOperation.WRITE, Errno.ENOSPC)).isEqualTo(Action.STOP);
    assertThat(policy.decide(BlockOperation.FLUSH, Errno.EIO)).isEqualTo(Action.REPORT);
    assertThat(policy.decide(BlockOperation.READ, Errno.ENOSPC)).isEqualTo(Action.REPORT);
  }

  @Test
  void choices_areFollowed() {
    ErrorPolicy policy = ErrorPolicy.of("stop", "ignore");
    assertThat(policy.decide(BlockOperation.READ, Errno.EIO)).isEqualTo(Action.STOP);
    assertThat(policy.decide(BlockOperation.DISCARD, Errno.EIO)).isEqualTo(Action.IGNORE);
  }

  @Test
  void enospcForReads_isRefused() {
    assertThatThrownBy(() -> ErrorPolicy.of("enospc", "auto"))
        .hasMessageStartingWith("drive rerror=enospc: not one of report, ignore, stop, auto");
  }
}
