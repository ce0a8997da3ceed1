package dev.jvmm.vhost;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.linux.Errno;
import dev.jvmm.linux.Tap;
import dev.jvmm.virtio.net.FrameOut;
import dev.jvmm.virtio.net.FrameRoom;
import dev.jvmm.virtio.net.NetQueue;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * One queue of a TAP interface whose frames carry a header, as the guest's do.
 *
 * <p>It is watched only while it is active and somebody waits: the kernel reports an error, all the
 * time, for a queue that it does not use.
 *
 * <p>Thread: confined to the event loop; {@link #close} once nothing more comes there.
 */
class TapQueue implements NetQueue {

  private final Tap tap;
  private final EventLoop loop;
  private @Nullable Runnable readable;
  private @Nullable Runnable writable;
  private EventLoop.@Nullable Registration watch;
  private boolean active;
  private boolean gone;

  /** Looked for at the first line: the search opens every jar of the module path. */
  private static final class Log {
    private static final Logger LOG = System.getLogger(TapQueue.class.getName());
  }

  TapQueue(Tap tap, EventLoop loop) {
    this.tap = tap;
    this.loop = loop;
  }

  final Tap tap() {
    return tap;
  }

  /** How long the guest's headers are. */
  void headerBytes(int bytes) {
    // The interface has been told.
  }

  /** Whether the kernel uses it. */
  final void active(boolean nowActive) {
    active = nowActive;
    if (!active) {
      close();
    }
    update();
  }

  @Override
  public int receive(FrameRoom room) {
    return outcome(tap.tryReadv(room.iovecs(), room.count()));
  }

  @Override
  public int send(FrameOut frame) {
    return outcome(tap.tryWritev(frame.iovecs(), frame.count()));
  }

  /** What a number of bytes or {@code -errno} means. */
  static int outcome(int result) {
    if (result >= 0) {
      return result;
    }
    return result == -Errno.EAGAIN ? NOTHING : LOST;
  }

  @Override
  public final void whenReadable(@Nullable Runnable newReadable) {
    readable = newReadable;
    update();
  }

  @Override
  public final void whenWritable(@Nullable Runnable newWritable) {
    writable = newWritable;
    update();
  }

  private void update() {
    int interest =
        (readable == null ? 0 : EventLoop.READ) | (writable == null ? 0 : EventLoop.WRITE);
    if (watch != null) {
      watch.interest(interest);
    } else if (active && !gone && interest != 0) {
      watch = loop.register(tap.fd(), interest, this::ready);
    }
  }

  private void ready(int events) {
    if ((events & EventLoop.READ) != 0 && readable != null) {
      readable.run();
    }
    if ((events & EventLoop.WRITE) != 0 && writable != null) {
      writable.run();
    }
    if ((events & EventLoop.HANGUP) != 0 && active && !gone) {
      gone = true; // somebody has removed the interface
      close();
      Log.LOG.log(Level.WARNING, "the interface {0} has gone; its guest is alone", tap.name());
    }
  }

  /** Stops watching. */
  final void close() {
    if (watch != null) {
      watch.close();
      watch = null;
    }
  }
}
