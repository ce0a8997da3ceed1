package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.junit.ExecResult;
import dev.jvmm.junit.Guest;
import dev.jvmm.junit.GuestTimeoutException;
import dev.jvmm.junit.Lifetime;
import dev.jvmm.junit.WithGuest;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The extension for JUnit with the built-in guest; one boot, since each takes seconds. */
@Tag("linux")
@FirstLevel(seconds = 12)
@WithGuest(lifetime = Lifetime.CLASS)
class JUnitLinuxTest {

  @Test
  void guest_doesWhatATestAsks(Guest guest) throws Exception {
    guest.console().expect("jvmm: Linux", Duration.ofSeconds(90));
    assertThat(guest.exec("uname -s")).isEqualTo(new ExecResult(0, "Linux\n", ""));
    assertThat(guest.exec("echo one; echo two >&2; exit 7"))
        .isEqualTo(new ExecResult(7, "one\n", "two\n"));

    byte[] bytes = new byte[100_000];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31 + (i >> 8));
    }
    guest.write("/tmp/it's bytes", bytes);
    assertThat(guest.exec("wc -c /tmp/it* | cut -d' ' -f1").orFail().stdout().strip())
        .isEqualTo("100000");
    assertThat(guest.read("/tmp/it's bytes")).isEqualTo(bytes);
    assertThatThrownBy(() -> guest.read("/no/such"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("No such file");
    assertThatThrownBy(() -> guest.exec("sleep 5", Duration.ofMillis(300)))
        .isInstanceOf(GuestTimeoutException.class)
        .hasMessageContaining("sleep 5")
        .hasMessageContaining("jvmm: Linux") // the console's end
        .hasMessageContaining("RIP=");
  }
}
