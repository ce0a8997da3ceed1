package dev.jvmm.core.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EventStreamTest {

  private final Listeners listeners = new Listeners();
  private final EventStream stream = listeners.stream();

  @Test
  void next_takesInOrder_andEndsBehindTheLast() throws Exception {
    listeners.offer(new VmEvent.Paused());
    listeners.offer(new VmEvent.Reset(true));
    listeners.end();
    assertThat(stream.next()).isEqualTo(new VmEvent.Paused());
    assertThat(stream.next()).isEqualTo(new VmEvent.Reset(true));
    assertThat(stream.next()).isNull();
  }

  @Test
  void next_ofAKind_letsOthersGo() throws Exception {
    listeners.offer(new VmEvent.Paused());
    listeners.offer(new VmEvent.Reset(false));
    listeners.offer(new VmEvent.Resumed());
    assertThat(stream.next(VmEvent.Reset.class, Duration.ofSeconds(10)))
        .isEqualTo(new VmEvent.Reset(false));
    assertThat(stream.next(VmEvent.Paused.class, Duration.ofMillis(1))).isNull();
    assertThat(stream.next(Duration.ofMillis(1))).isNull();
  }

  @Test
  void whoTakesNothing_losesTheOldest() throws Exception {
    listeners.offer(new VmEvent.Paused());
    for (int i = 0; i < EventStream.MAX_WAITING; i++) {
      listeners.offer(new VmEvent.Reset(true));
    }
    assertThat(stream.lost()).isOne();
    assertThat(stream.next()).isEqualTo(new VmEvent.Reset(true));
  }

  @Test
  void interrupted_takesNothing() throws Exception {
    Thread.currentThread().interrupt();
    assertThatThrownBy(stream::next).isInstanceOf(InterruptedException.class);
    listeners.offer(new VmEvent.Paused());
    assertThat(stream.next()).isEqualTo(new VmEvent.Paused());
  }

  @Test
  void closedStreamsAndSubscriptions_hearNoMore() throws Exception {
    StringBuilder heard = new StringBuilder();
    VirtualMachine.Subscription subscription = listeners.add(event -> heard.append(event));
    subscription.close();
    stream.close();
    listeners.offer(new VmEvent.Paused());
    listeners.call(new VmEvent.Paused());
    assertThat(heard).isEmpty();
    assertThat(listeners.wantCalls()).isFalse();
    assertThat(stream.next()).isNull();
  }
}
