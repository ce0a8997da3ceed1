package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.it.guest.Guest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The console under load: not a byte is lost, in either direction. */
@Tag("linux")
@FirstLevel(seconds = 120)
class ConsoleLinuxTest {

  private static final int BYTES = 1 << 20;
  private static final long SEED = 16550;
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  @Test
  void mebibyteEachWay_arrivesWhole() throws NoSuchAlgorithmException {
    try (Guest guest = Guest.boot(Guest.pc())) {
      guest.run("stty raw -echo; head -c " + BYTES + " /dev/urandom >/tmp/out");
      String sum = sum(guest.run("md5sum /tmp/out"));
      long begun = System.nanoTime();
      guest.ask("echo begin; cat /tmp/out");
      guest.console().expect("begin\n", PATIENCE);
      byte[] output = guest.console().expectBytes(BYTES, PATIENCE);
      guest.answer("cat", PATIENCE);
      System.out.println("out: " + (System.nanoTime() - begun) / 1_000_000 + " ms");
      assertThat(md5(output)).isEqualTo(sum);

      begun = System.nanoTime();
      byte[] input = new byte[BYTES];
      new Random(SEED).nextBytes(input);
      guest.ask("echo begin; head -c " + BYTES + " | md5sum");
      guest.console().expect("begin\n", PATIENCE);
      guest.console().send(input);
      assertThat(sum(guest.answer("head", PATIENCE))).isEqualTo(md5(input));
      System.out.println("in: " + (System.nanoTime() - begun) / 1_000_000 + " ms");
      guest.powerOff();
    }
  }

  private static String sum(String md5sum) {
    return md5sum.substring(0, md5sum.indexOf(' '));
  }

  private static String md5(byte[] bytes) throws NoSuchAlgorithmException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
  }
}
