package dev.jvmm.block;

import dev.jvmm.linux.Errno;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * {@code aio=threads}: system calls that block, each on a thread of {@link BlockWorkers}, straight
 * between the guest's memory and the file.
 *
 * <p>Thread: confined to the disk's event loop; {@link #run} is the workers'.
 */
final class ThreadEngine implements IoEngine, RequestWork {

  /** Looked for at the first line: the search opens every jar of the module path. */
  private static final class Log {
    private static final Logger LOG = System.getLogger(ThreadEngine.class.getName());
  }

  private final BlockWorkers workers;
  private final FileWork work;
  private final Completions completions;
  private final RequestList batch = new RequestList();
  private final AtomicBoolean threw = new AtomicBoolean();
  private int batched;

  ThreadEngine(BlockWorkers workers, FileWork work, Completions completions) {
    this.workers = workers;
    this.work = work;
    this.completions = completions;
  }

  @Override
  public void start(BlockRequest request) {
    request.work = this;
    batch.add(request);
    batched++;
  }

  @Override
  public void kick() {
    if (batched > 0) {
      int count = batched;
      batched = 0;
      workers.execute(batch, count);
    }
  }

  @Override
  public void run(BlockRequest request, BounceBuffer bounce) {
    int errno;
    try {
      errno = work.run(request, bounce);
    } catch (RuntimeException | Error e) { // ours to fix, but no reason to lose the request
      // Once a disk: a guest that has found the way there shall not fill the log.
      Level level = threw.getAndSet(true) ? Level.DEBUG : Level.ERROR;
      Log.LOG.log(level, "a disk's request ended in an exception: " + request.operation(), e);
      errno = Errno.EIO;
    }
    completions.finish(request, errno);
  }

  @Override
  public void await() {
    completions.await();
  }

  @Override
  public void close() {
    // The threads are the machine's.
  }
}
