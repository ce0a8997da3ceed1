package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.it.guest.CommandRun;
import dev.jvmm.it.guest.SerialLine;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The console under load: not a byte is lost, in either direction. By a process of its own, whose
 * JVM has its second compiler.
 *
 * <p>A byte costs the guest one exit, to read it two, whoever emulates the port. In a first level
 * that makes 0.2 and 0.4 ms on an idle machine, so that there a sixteenth of a mebibyte has to do.
 */
@Tag("linux")
@FirstLevel(seconds = 65)
class ConsoleLinuxTest {

  private static final int BYTES = System.getenv("JVMM_NESTED") == null ? 1 << 20 : 1 << 16;
  private static final long SEED = 16550;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @Test
  void loadEachWay_arrivesWhole(@TempDir Path folder)
      throws IOException, InterruptedException, NoSuchAlgorithmException {
    try (CommandRun run = new CommandRun(folder)) {
      SerialLine console = run.console();
      run.ask("stty raw -echo; head -c " + BYTES + " /dev/urandom >/tmp/out");
      console.expect("<status 0>", PATIENCE);
      run.ask("echo begin; cat /tmp/out; md5sum </tmp/out");
      console.expect("begin\n", PATIENCE);
      byte[] output = console.expectBytes(BYTES, PATIENCE);
      assertThat(md5(output)).isEqualTo(sum(console));

      byte[] input = new byte[BYTES];
      new Random(SEED).nextBytes(input);
      run.ask("echo begin; head -c " + BYTES + " | md5sum");
      console.expect("begin\n", PATIENCE);
      console.send(input);
      assertThat(sum(console)).isEqualTo(md5(input));
      run.ask("poweroff -f");
      assertThat(run.status()).isZero();
    }
  }

  /** What md5sum says of its standard input. */
  private static String sum(SerialLine console) {
    return console.expect("  -\n<status 0>\n", PATIENCE);
  }

  private static String md5(byte[] bytes) throws NoSuchAlgorithmException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
  }
}
