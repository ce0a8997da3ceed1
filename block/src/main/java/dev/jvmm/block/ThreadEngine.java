package dev.jvmm.block;

import dev.jvmm.linux.Errno;

/**
 * {@code aio=threads}: system calls that block, each on a thread of {@link BlockWorkers}, straight
 * between the guest's memory and the file.
 *
 * <p>Thread: confined to the disk's event loop; {@link #run} is the workers'.
 */
final class ThreadEngine implements IoEngine, RequestWork {

  private final BlockWorkers workers;
  private final FileWork work;
  private final Completions completions;
  private final RequestList batch = new RequestList();
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
    int errno = Errno.EIO; // of an exception, which is ours to fix
    try {
      errno = work.run(request, bounce);
    } finally {
      completions.finish(request, errno);
    }
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
