package dev.jvmm.core.chardev;

import dev.jvmm.core.clock.Clock;
import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.event.MonotonicClock;
import dev.jvmm.linux.Fd;
import dev.jvmm.linux.LinuxException;
import dev.jvmm.linux.OpenFlags;
import dev.jvmm.linux.Terminal;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The terminal that jvmm was started from, or whatever its standard input and output are instead.
 *
 * <p>A terminal is raw from {@link #connect} on. {@link #close} gives it back as it was; {@link
 * #restore} does that alone and is for a way out that has no time for more. The open files of
 * standard input and output are shared with the shell and others, so they are never made
 * non-blocking: output goes by a second opening of the same terminal or pipe where there can be
 * one, else in pieces that fit.
 *
 * <p>The end of the input ends nothing: the machine runs on.
 *
 * <p>Whoever asks for the size of the terminal's window is told when it changes. That is looked for
 * a few times a second: its signal, SIGWINCH, would be a handler in each process that has a machine
 * in it, for the sake of the one that has a terminal.
 *
 * <p>Thread: safe, as {@link BufferedChardev}.
 */
public final class StdioChardev extends BufferedChardev {

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  private final boolean signals;
  private final Fd in;
  private final @Nullable Fd reopened;
  private final FdInput input;
  private final FdOutput output;
  private final FdWatch inputWatch;
  private final FdWatch outputWatch;
  private final Clock clock;
  private final Clock.Timer look;
  private WindowSize size = WindowSize.UNKNOWN; // on the loop
  private boolean inputEnded; // on the loop
  private volatile @Nullable Terminal raw; // what it was before, while it is

  /**
   * Uses two descriptors that stay their owner's.
   *
   * @param in standard input, another number than {@code out}
   * @param out standard output
   * @param signals whether Ctrl-C and its like still raise signals instead of going to the guest
   */
  StdioChardev(EventLoop loop, Fd in, Fd out, boolean signals) {
    super(loop, true);
    this.signals = signals;
    this.in = in;
    this.reopened = reopen(out);
    this.input = new FdInput(in);
    this.inputWatch = new FdWatch(loop, in, this::inputReady);
    Fd target = reopened == null ? out : reopened;
    this.outputWatch = new FdWatch(loop, target, this::outputReady);
    boolean careful = reopened == null && outputWatch.pollable();
    this.output = new FdOutput(target, target::tryWrite, careful);
    this.clock = new MonotonicClock(loop);
    this.look = clock.newTimer(this::look);
  }

  /** Standard input and output of this process. */
  public static StdioChardev ofProcess(EventLoop loop, boolean signals) {
    return new StdioChardev(loop, Fd.adopt(0, "stdin"), Fd.adopt(1, "stdout"), signals);
  }

  /**
   * A non-blocking opening of our own of the same terminal or pipe; none for a file, whose position
   * it would not share, nor for a socket, that can't be opened.
   */
  private static @Nullable Fd reopen(Fd out) {
    if (!FdWatch.pollable(out)) {
      return null;
    }
    int flags = OpenFlags.WRONLY | OpenFlags.NONBLOCK | OpenFlags.NOCTTY;
    try {
      return Fd.open("/proc/self/fd/" + out.number(), flags, 0);
    } catch (LinuxException e) {
      return null;
    }
  }

  /** Gives the terminal back as it was. Any number of times, from any thread. */
  public void restore() {
    Terminal terminal = raw;
    if (terminal != null) {
      terminal.restore();
    }
  }

  @Override
  void begin() {
    whileOpen(this::makeRaw);
    attach();
  }

  /** Remembered before it is changed: {@link #restore} may come in between. */
  private void makeRaw() {
    if (in.isTerminal()) {
      Terminal terminal = Terminal.of(in);
      raw = terminal;
      terminal.setRaw(true, signals);
    }
  }

  @Override
  public WindowSize windowSize() {
    whileOpen(this::measure);
    return size;
  }

  private void look() {
    WindowSize before = size;
    whileOpen(this::measure);
    if (!size.equals(before)) {
      tell(CharFrontend.Event.RESIZED);
    }
  }

  private void measure() {
    Terminal terminal = raw;
    if (terminal == null) {
      return;
    }
    try {
      Terminal.WindowSize now = terminal.windowSize();
      if (now.columns() != size.columns() || now.rows() != size.rows()) {
        size = new WindowSize(now.columns(), now.rows());
      }
      look.arm(clock.nanos() + LOOK_NANOS);
    } catch (LinuxException e) {
      size = WindowSize.UNKNOWN; // it has gone; so has its window
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
    inputWatch.want(EventLoop.READ, on && !inputEnded);
  }

  @Override
  void watchOutput(boolean on) {
    outputWatch.want(EventLoop.WRITE, on);
  }

  @Override
  void inputGone() {
    inputEnded = true;
    watchInput(false);
  }

  @Override
  void outputGone() {
    dropOutput();
    watchOutput(false);
  }

  @Override
  boolean awaitOutput(long nanos) {
    return output.awaitReady(nanos);
  }

  @Override
  void release() {
    look.close();
    restore();
    inputWatch.close();
    outputWatch.close();
    if (reopened != null) {
      reopened.close();
    }
  }
}
