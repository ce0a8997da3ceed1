package dev.jvmm.core.host;

import dev.jvmm.linux.Threads;
import org.jspecify.annotations.Nullable;

/**
 * A call of the kernel's that is made beside what its caller does next, on a thread of its own.
 *
 * <p>Thread: made and joined by one thread at a time.
 */
final class Aside {

  private final Thread thread;
  private @Nullable RuntimeException failure; // the thread's, until it has been joined

  /** Starts it. */
  Aside(String name, Runnable call) {
    thread = Thread.ofPlatform().name(name).daemon().start(() -> keepFailure(call));
  }

  private void keepFailure(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  /** Returns when the call has; what it threw is thrown here, each time. */
  void join() {
    end();
    if (failure != null) {
      throw failure;
    }
  }

  /** The same for whom a failure no longer matters. */
  void end() {
    Threads.join(thread);
  }
}
