package dev.jvmm.core.chardev;

import dev.jvmm.core.event.EventLoop;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The keys by which a person at the terminal reaches jvmm instead of the guest: Ctrl-A and a
 * letter, as QEMU has them.
 *
 * <p>The keys are looked at as they come, while the bytes for the guest wait here for room: so a
 * guest that has stopped reading can still be left.
 *
 * <p>Thread: as the character device that it wraps; its own state is confined to the loop's thread.
 */
public final class EscapeKeys implements Chardev {

  private static final String HELP =
      """

      Ctrl-A h       show this help
      Ctrl-A x       end the virtual machine
      Ctrl-A b       send a break
      Ctrl-A Ctrl-A  send Ctrl-A
      """;

  private static final byte CTRL_A = 1;

  /** Room at first for what is typed ahead. */
  private static final int AHEAD_BYTES = 4 * 1024;

  /**
   * How much can be typed, or pasted, ahead to a guest that does not read: behind more than that
   * the keys are no longer looked at. The attack it stops: input without end to such a guest.
   */
  private static final int MAX_AHEAD_BYTES = 1 << 20;

  private final Chardev inner;
  private final EventLoop loop;
  private final Listener listener;
  private final EventLoop.Task pass;
  private @Nullable Filter filter; // on the loop

  /** Told what the keys ask for. */
  @FunctionalInterface
  public interface Listener {

    /** Ctrl-A x: the virtual machine is to end. On the loop's thread: returns at once. */
    void endRequested();
  }

  /**
   * Puts the keys in front of a host end.
   *
   * @param loop the event loop of {@code inner}
   */
  public EscapeKeys(Chardev inner, EventLoop loop, Listener listener) {
    this.inner = inner;
    this.loop = loop;
    this.pass = loop.newTask(this::pass);
    this.listener = listener;
  }

  @Override
  public void connect(CharFrontend frontend) {
    Filter connected = new Filter(frontend);
    loop.execute(() -> filter = connected);
    inner.connect(connected);
  }

  @Override
  public int write(byte[] bytes, int offset, int length) {
    return inner.write(bytes, offset, length);
  }

  @Override
  public void receiveReady() {
    pass.schedule();
    inner.receiveReady();
  }

  @Override
  public WindowSize windowSize() {
    return inner.windowSize();
  }

  private void pass() {
    if (filter != null) {
      filter.pass();
    }
  }

  @Override
  public void close() {
    inner.close();
  }

  /** Between the host end and the guest's. */
  private final class Filter implements CharFrontend {

    private final CharFrontend frontend;
    private ByteRing ahead = new ByteRing(AHEAD_BYTES);
    private final byte[] one = new byte[1];
    private boolean escaped; // Ctrl-A came last
    private boolean breakOwed; // behind what is ahead of it

    Filter(CharFrontend frontend) {
      this.frontend = frontend;
    }

    @Override
    public int receiveRoom() {
      return MAX_AHEAD_BYTES - ahead.count();
    }

    @Override
    public void receive(byte[] bytes, int offset, int length) {
      for (int i = 0; i < length; i++) {
        take(bytes[offset + i]);
      }
      pass();
    }

    private void take(byte octet) {
      if (!escaped) {
        escaped = octet == CTRL_A;
        if (!escaped) {
          forGuest(octet);
        }
        return;
      }
      escaped = false;
      switch (octet) {
        case 'h', '?' -> help();
        case 'x' -> listener.endRequested();
        case 'b' -> breakOwed = true;
        case CTRL_A -> forGuest(CTRL_A);
        default -> {} // no such key; neither of the two is the guest's
      }
    }

    private void forGuest(byte octet) {
      if (ahead.room() == 0) {
        ahead = ahead.doubled();
      }
      one[0] = octet;
      ahead.put(one, 0, 1);
    }

    private void help() {
      byte[] text = HELP.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII);
      inner.write(text, 0, text.length); // a full queue loses it: it can be asked for again
    }

    /** Hands over what the guest's end has room for. */
    private void pass() {
      while (ahead.count() > 0) {
        int count = Math.min(frontend.receiveRoom(), ahead.run());
        if (count <= 0) {
          return;
        }
        frontend.receive(ahead.array(), ahead.start(), count);
        ahead.drop(count);
      }
      if (breakOwed) {
        breakOwed = false;
        frontend.event(Event.BREAK);
      }
    }

    @Override
    public void writable() {
      frontend.writable();
    }

    @Override
    public void event(Event event) {
      frontend.event(event);
    }
  }
}
