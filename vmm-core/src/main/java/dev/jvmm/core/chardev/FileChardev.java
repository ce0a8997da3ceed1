package dev.jvmm.core.chardev;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.linux.Fd;

/**
 * A file that takes the output; there is no input. A write that the file system refuses ends the
 * output, not the machine.
 *
 * <p>Thread: safe, as {@link BufferedChardev}.
 */
public final class FileChardev extends BufferedChardev {

  private final Fd fd;
  private final FdOutput output;
  private final FdWatch watch;

  /** Writes to an open file, which is closed with it; non-blocking where it is a pipe's name. */
  FileChardev(EventLoop loop, Fd fd) {
    super(loop, true);
    this.fd = fd;
    this.output = new FdOutput(fd, fd::tryWrite, false);
    this.watch = new FdWatch(loop, fd, this::outputReady);
  }

  @Override
  void begin() {
    attach();
  }

  @Override
  int readSome(byte[] into) {
    return 0;
  }

  @Override
  int writeSome(byte[] from, int offset, int length) {
    return output.write(from, offset, length);
  }

  @Override
  void watchInput(boolean on) {
    // There is none.
  }

  @Override
  void watchOutput(boolean on) {
    watch.want(EventLoop.WRITE, on);
  }

  @Override
  void inputGone() {
    // There is none.
  }

  @Override
  void outputGone() {
    dropOutput();
    watchOutput(false);
  }

  @Override
  boolean awaitOutput(long nanos) {
    return watch.pollable() && output.awaitReady(nanos);
  }

  @Override
  void release() {
    watch.close();
    fd.close();
  }
}
