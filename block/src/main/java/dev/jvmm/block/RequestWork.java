package dev.jvmm.block;

/** What a thread of {@link BlockWorkers} does with a request, and where the outcome goes. */
interface RequestWork {

  /**
   * Does it, blocking as it must, on a worker's thread. Whatever happens is an outcome: nothing is
   * thrown, or the thread would be gone.
   */
  void run(BlockRequest request, BounceBuffer bounce);
}
