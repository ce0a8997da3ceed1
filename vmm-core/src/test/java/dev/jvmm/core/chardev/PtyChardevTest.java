package dev.jvmm.core.chardev;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.linux.Fd;
import dev.jvmm.linux.OpenFlags;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PtyChardevTest extends ChardevContract {

  private final PtyChardev pty = new PtyChardev(loop);
  private HostSide person = attach();

  private HostSide attach() {
    return new HostSide(Fd.open(pty.path(), OpenFlags.RDWR | OpenFlags.NOCTTY, 0));
  }

  @Override
  protected Ends open() {
    return new Ends(pty, () -> person.close());
  }

  @Override
  protected byte[] readAtHost(int count, boolean slow) {
    return person.read(count, slow);
  }

  @Override
  protected void writeAtHost(byte[] data) {
    person.write(data);
  }

  /** A hang-up throws away what the person has not read yet, so they read first. */
  @Override
  @Test
  void close_flushesWhatTheHostTakes() throws Exception {
    byte[] data = noise(60_000);
    CompletableFuture<byte[]> read = beside(() -> person.read(data.length, false));
    guest().send(data);
    assertThat(result(read)).isEqualTo(data);

    chardev().close();

    assertThat(person.atEnd()).isTrue();
  }

  @Test
  void personThatGoes_holdsNoOneUpAndMayComeAgain() throws Exception {
    person.close();
    guest().awaitEvent(CharFrontend.Event.CLOSED, 1);
    guest().send(new byte[300_000]);

    person = attach();
    guest().awaitEvent(CharFrontend.Event.OPENED, 2);
    guest().send(new byte[] {'h', 'i'});
    person.write(new byte[] {'y', 'o'});

    assertThat(person.read(2, false)).containsExactly('h', 'i');
    assertThat(guest().read(2)).containsExactly('y', 'o');
  }

  @Test
  void personThatTypesAndGoesAtOnce_isHeard() throws Exception {
    person.close();
    guest().awaitEvent(CharFrontend.Event.CLOSED, 1);

    person = attach();
    person.write(new byte[] {'h', 'i'});
    person.close();

    assertThat(guest().read(2)).containsExactly('h', 'i');
  }
}
