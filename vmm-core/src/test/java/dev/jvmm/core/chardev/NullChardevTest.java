package dev.jvmm.core.chardev;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.event.EventLoop;
import org.junit.jupiter.api.Test;

class NullChardevTest {

  @Test
  void connect_findsSomeoneWhoTakesEverything() throws Exception {
    try (EventLoop loop = new EventLoop("test-io");
        Chardev chardev = Chardevs.open(new ChardevConfig.Null(), loop)) {
      GuestSide guest = new GuestSide(chardev);
      chardev.connect(guest);

      guest.awaitEvent(CharFrontend.Event.OPENED, 1);
      assertThat(chardev.write(new byte[1000], 10, 900)).isEqualTo(900);
      assertThat(chardev.windowSize()).isEqualTo(WindowSize.UNKNOWN);
    }
  }
}
