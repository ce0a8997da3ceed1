package dev.jvmm.core.chardev;

import dev.jvmm.core.event.EventLoop;
import java.util.concurrent.TimeUnit;

/**
 * What all host ends share: a bounded queue of output that the event loop drains, and input that is
 * read no faster than the front end takes it.
 *
 * <p>Thread: {@link #write} and {@link #receiveReady} are safe from any thread and only touch the
 * queue or wake the loop; everything else, the front end's calls included, runs on the loop's
 * thread. {@link #close} is safe from any thread. Two locks: {@code io} is held over each transfer
 * with the host, so that closing never pulls a descriptor away from one; {@code output} guards the
 * queue and is a leaf, taken inside {@code io} at most. The front end is called with neither held.
 */
abstract class BufferedChardev implements Chardev {

  /** What {@link #readSome} and {@link #writeSome} answer when the other side has gone. */
  static final int GONE = -1;

  /** The attack it stops: output without end towards a host that does not take it. */
  private static final int OUTPUT_BYTES = 64 * 1024;

  private static final int INPUT_BYTES = 4 * 1024;

  /** The attack it stops: a guest that prints without end keeps the loop from everything else. */
  private static final int WRITES_A_TURN = 8;

  /** How long closing waits for a host that takes what is left, but slowly. */
  private static final long FLUSH_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final EventLoop loop;
  private final EventLoop.Task drain;
  private final EventLoop.Task deliver;
  private final Object io = new Object();

  private final ByteRing output = new ByteRing(OUTPUT_BYTES);
  private boolean draining; // a drain is under way, or waits for the host
  private boolean owed; // the front end was told of a short write
  private boolean attached; // someone is there who wants the output
  private boolean closed;

  private final byte[] input = new byte[INPUT_BYTES];
  private int inputStart;
  private int inputEnd;
  private CharFrontend frontend = new NoFrontend();

  /**
   * A host end.
   *
   * @param attached whether output is kept for the host before {@link #begin} already
   */
  BufferedChardev(EventLoop loop, boolean attached) {
    this.loop = loop;
    this.drain = loop.newTask(this::drain);
    this.deliver = loop.newTask(this::deliver);
    this.attached = attached;
  }

  /** Before there is a front end: takes nothing. */
  private static final class NoFrontend implements CharFrontend {
    @Override
    public int receiveRoom() {
      return 0;
    }

    @Override
    public void receive(byte[] bytes, int offset, int length) {
      throw new IllegalStateException("no room was promised");
    }

    @Override
    public void writable() {}

    @Override
    public void event(Event event) {}
  }

  /**
   * Reads from the host without blocking.
   *
   * @return how many bytes; 0 where there are none now; {@link #GONE} where none will come
   */
  abstract int readSome(byte[] into);

  /**
   * Writes to the host without blocking.
   *
   * @return how many bytes; 0 where the host takes none now; {@link #GONE} where it never will
   */
  abstract int writeSome(byte[] from, int offset, int length);

  /**
   * Has {@link #inputReady} called whenever there may be input; nothing where there is no one to
   * read from. On the loop.
   */
  abstract void watchInput(boolean on);

  /** Has {@link #outputReady} called when the host takes output again; on the loop. */
  abstract void watchOutput(boolean on);

  /** Begins to look at the host; says {@link #attach} if someone is there already. On the loop. */
  abstract void begin();

  /** {@link #readSome} has said that no more will come; on the loop. */
  abstract void inputGone();

  /** {@link #writeSome} has said that no more will be taken; on the loop. */
  abstract void outputGone();

  /** Waits a little for the host to take output; whether there is a point in trying again. */
  abstract boolean awaitOutput(long nanos);

  /** Ends all watches, and then closes what is open; no transfer is under way, nor will be. */
  abstract void release();

  @Override
  public final void connect(CharFrontend newFrontend) {
    loop.execute(
        () -> {
          frontend = newFrontend;
          if (!isClosed()) {
            begin();
          }
        });
  }

  @Override
  public final int write(byte[] bytes, int offset, int length) {
    int taken;
    synchronized (output) {
      if (!attached || closed) {
        return length; // no one is there to miss it
      }
      taken = output.put(bytes, offset, length);
      owed |= taken < length;
      if (draining) {
        return taken;
      }
      draining = true;
    }
    drain.schedule();
    return taken;
  }

  @Override
  public final void receiveReady() {
    deliver.schedule();
  }

  @Override
  public WindowSize windowSize() {
    return WindowSize.UNKNOWN;
  }

  /** Tells the front end; on the loop. */
  final void tell(CharFrontend.Event event) {
    frontend.event(event);
  }

  final boolean isClosed() {
    synchronized (output) {
      return closed;
    }
  }

  /** Someone has come; on the loop. */
  final void attach() {
    synchronized (output) {
      attached = true;
    }
    frontend.event(CharFrontend.Event.OPENED);
    watchInput(true);
  }

  /** Whoever was there has gone, with what was on the way to them; on the loop. */
  final void detach() {
    dropOutput();
    frontend.event(CharFrontend.Event.CLOSED);
  }

  /** No one wants the output any more, neither what is on the way nor what comes. On the loop. */
  final void dropOutput() {
    synchronized (output) {
      attached = false;
      output.clear();
      draining = false;
    }
    payWritable();
  }

  /** There may be input: reads what there is, unless some is left from before. On the loop. */
  final void inputReady() {
    int count = 0;
    if (inputStart == inputEnd) {
      synchronized (io) {
        if (isClosed()) {
          return;
        }
        count = readSome(input);
      }
      inputStart = 0;
      inputEnd = Math.max(count, 0);
    }
    if (count == GONE) {
      inputGone();
    } else {
      deliver();
    }
  }

  /** Gives the front end what it has room for, and reads on only once all of it is gone. */
  private void deliver() {
    if (isClosed()) {
      return;
    }
    while (inputStart < inputEnd) {
      int count = Math.min(frontend.receiveRoom(), inputEnd - inputStart);
      if (count <= 0) {
        watchInput(false);
        return;
      }
      frontend.receive(input, inputStart, count);
      inputStart += count;
    }
    watchInput(true);
  }

  /** The host takes output again. On the loop. */
  final void outputReady() {
    drain();
  }

  private void drain() {
    for (int i = 0; i < WRITES_A_TURN; i++) {
      int written = writeOnce();
      if (written == GONE) {
        outputGone();
        return;
      }
      if (written == 0) {
        watchOutput(isDraining());
        return;
      }
      payWritable();
    }
    drain.schedule();
  }

  /** Writes one piece; 0 where the host takes none, or where nothing is left. */
  private int writeOnce() {
    synchronized (io) {
      int start;
      int length;
      synchronized (output) {
        start = output.start();
        length = output.run();
        if (length == 0 || closed) {
          draining = false;
          return 0;
        }
      }
      int written = writeSome(output.array(), start, length);
      if (written > 0) {
        synchronized (output) {
          output.drop(written);
        }
      }
      return written;
    }
  }

  private boolean isDraining() {
    synchronized (output) {
      return draining;
    }
  }

  /** Once half of the queue is free: early enough to keep a stream going. */
  private void payWritable() {
    synchronized (output) {
      if (!owed || output.room() < OUTPUT_BYTES / 2) {
        return;
      }
      owed = false;
    }
    frontend.writable();
  }

  @Override
  public final void close() {
    synchronized (io) {
      synchronized (output) {
        if (closed) {
          return;
        }
        closed = true;
      }
      flush();
      release();
    }
  }

  /** Does something that closing must not get into; nothing once it is closed. */
  final void whileOpen(Runnable action) {
    synchronized (io) {
      if (!isClosed()) {
        action.run();
      }
    }
  }

  /** The queue is ours alone now: the loop does nothing once we are closed. */
  private void flush() {
    long deadline = System.nanoTime() + FLUSH_NANOS;
    while (output.count() > 0) {
      int written = writeSome(output.array(), output.start(), output.run());
      long left = deadline - System.nanoTime();
      if (written == GONE || (written == 0 && (left <= 0 || !awaitOutput(left)))) {
        return;
      }
      output.drop(written);
    }
  }
}
