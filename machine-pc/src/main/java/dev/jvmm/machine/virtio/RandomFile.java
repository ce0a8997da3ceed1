package dev.jvmm.machine.virtio;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.vm.Spelling;
import dev.jvmm.linux.Errno;
import dev.jvmm.linux.Fd;
import dev.jvmm.linux.LinuxException;
import dev.jvmm.linux.OpenFlags;
import dev.jvmm.virtio.rng.EntropySource;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Random bytes of a file of the host ({@code rng-random}): a device, or a pipe that someone fills.
 * It is never waited for: one that has nothing now is watched until it has. One that ends, ends,
 * and its guests get no more.
 *
 * <p>Thread: safe by its monitor; those that wait are told without it.
 */
public final class RandomFile implements EntropySource, AutoCloseable {

  /** What has as many as one likes. */
  public static final String URANDOM = "/dev/urandom";

  private static final int BUFFER_BYTES = 4096;

  private final EventLoop loop;
  private final Fd fd;
  private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES);
  private final List<Runnable> waiting = new ArrayList<>();
  private EventLoop.@Nullable Registration watch; // while someone waits
  private boolean ended;

  /** Looked for at the first line: the search opens every jar of the module path. */
  private static final class Log {
    private static final Logger LOG = System.getLogger(RandomFile.class.getName());
  }

  /**
   * Opens a source.
   *
   * @param loop watches it while it has nothing
   * @param asked how the user asked for it, for messages
   * @throws dev.jvmm.core.vm.ConfigException if it can't be read
   */
  public RandomFile(EventLoop loop, String path, Spelling asked) {
    this.loop = loop;
    try {
      fd = Fd.open(path, OpenFlags.RDONLY | OpenFlags.NONBLOCK | OpenFlags.NOCTTY, 0);
    } catch (LinuxException e) {
      throw refused(asked, path, e);
    }
    int probe = fd.tryRead(buffer.asSlice(0, 0));
    if (probe < 0 && probe != -Errno.EAGAIN) {
      fd.close();
      throw refused(asked, path, new LinuxException("read", path, -probe));
    }
  }

  private static RuntimeException refused(Spelling asked, String path, LinuxException e) {
    String why =
        switch (e.errno()) {
          case Errno.ENOENT -> "there is no such file";
          case Errno.EACCES, Errno.EPERM -> "no permission";
          case Errno.EISDIR -> "it is a directory";
          default -> e.getMessage();
        };
    return asked.refused(
        "%s can't be read: %s; name a source of random bytes, as %s".formatted(path, why, URANDOM),
        e);
  }

  @Override
  public synchronized int fill(byte[] bytes, int length, Runnable ready) {
    if (ended) {
      return 0;
    }
    int count = fd.tryRead(buffer.asSlice(0, Math.min(length, BUFFER_BYTES)));
    if (count > 0) {
      MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, bytes, 0, count);
      return count;
    }
    if (count == -Errno.EAGAIN) {
      await(ready);
    } else {
      end();
    }
    return 0;
  }

  /** Those that wait are as many as there are devices: one that asks twice waits once. */
  private void await(Runnable ready) {
    if (!waiting.contains(ready)) {
      waiting.add(ready);
    }
    if (watch == null) {
      watch = loop.register(fd, EventLoop.READ, events -> readable());
    }
  }

  private void readable() {
    List<Runnable> told;
    synchronized (this) {
      unwatch();
      told = List.copyOf(waiting);
      waiting.clear();
    }
    told.forEach(Runnable::run);
  }

  private void end() {
    ended = true;
    Log.LOG.log(Level.WARNING, "{0} has ended; guests get no more random bytes of it", fd.name());
  }

  private void unwatch() {
    if (watch != null) {
      watch.close();
      watch = null;
    }
  }

  /** After the devices that have it. */
  @Override
  public synchronized void close() {
    ended = true;
    unwatch();
    fd.close();
  }
}
