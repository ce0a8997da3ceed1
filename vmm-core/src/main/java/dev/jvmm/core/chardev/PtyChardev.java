package dev.jvmm.core.chardev;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.linux.Epoll;
import dev.jvmm.linux.Fd;
import dev.jvmm.linux.OpenFlags;
import dev.jvmm.linux.Pty;
import dev.jvmm.linux.TimerFd;
import java.util.concurrent.TimeUnit;

/**
 * A pseudo-terminal that a person attaches to by its name, leaves and attaches to again. While no
 * one is there, output vanishes.
 *
 * <p>The kernel says at once when the last one has left (EIO), but nothing when someone comes, so
 * that is looked for a few times a second.
 *
 * <p>Thread: safe, as {@link BufferedChardev}.
 */
public final class PtyChardev extends BufferedChardev {

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final Pty pty;
  private final FdInput input;
  private final FdOutput output;
  private final FdWatch watch;
  private final Epoll state;
  private final TimerFd look;
  private final FdWatch lookWatch;
  private boolean present; // on the loop

  /** Makes one; its name is {@link #path}. */
  public PtyChardev(EventLoop loop) {
    super(loop, false);
    this.pty = Pty.open();
    Fd master = pty.master();
    master.setNonBlocking();
    // A pseudo-terminal that no one has ever opened does not say that no one is there.
    Fd.open(pty.path(), OpenFlags.RDWR | OpenFlags.NOCTTY, 0).close();
    this.input = new FdInput(master);
    this.output = new FdOutput(master, master::tryWrite, false);
    this.watch = new FdWatch(loop, master, this::ready);
    this.state = Epoll.create(1);
    state.add(master, Epoll.IN, 0);
    this.look = TimerFd.create();
    this.lookWatch = new FdWatch(loop, look.fd(), this::look);
  }

  /** What to attach to: /dev/pts/N. */
  public String path() {
    return pty.path();
  }

  private void ready() {
    inputReady();
    if (present) {
      outputReady();
    }
  }

  @Override
  void begin() {
    lookWatch.want(EventLoop.READ, true);
    whileOpen(() -> look.setPeriodic(LOOK_NANOS, LOOK_NANOS));
  }

  private void look() {
    boolean wasPresent = present;
    whileOpen(
        () -> {
          look.drain();
          if (!present && someoneIsThere()) {
            present = true;
            look.disarm();
          }
        });
    if (present && !wasPresent) {
      attach();
    }
  }

  /** Or has come, typed and left since the last look. */
  private boolean someoneIsThere() {
    return state.await(0) == 0 || (state.eventsAt(0) & (Epoll.HANG_UP | Epoll.IN)) != Epoll.HANG_UP;
  }

  private void lost() {
    if (present) {
      present = false;
      watch.want(EventLoop.READ | EventLoop.WRITE, false);
      whileOpen(() -> look.setPeriodic(LOOK_NANOS, LOOK_NANOS));
      detach();
    }
  }

  @Override
  int readSome(byte[] into) {
    return input.read(into);
  }

  @Override
  int writeSome(byte[] from, int offset, int length) {
    return output.write(from, offset, length);
  }

  @Override
  void watchInput(boolean on) {
    watch.want(EventLoop.READ, on && present);
  }

  @Override
  void watchOutput(boolean on) {
    watch.want(EventLoop.WRITE, on && present);
  }

  @Override
  void inputGone() {
    lost();
  }

  @Override
  void outputGone() {
    lost();
  }

  @Override
  boolean awaitOutput(long nanos) {
    return output.awaitReady(nanos);
  }

  @Override
  void release() {
    watch.close();
    lookWatch.close();
    look.close();
    state.close();
    pty.close();
  }
}
