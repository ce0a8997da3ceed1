package dev.jvmm.block;

import dev.jvmm.core.event.EventLoop;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A device's part for tests: one request at a time, from the test's thread. */
record DiskDriver(BlockBackend disk, EventLoop loop) {

  /** Fills in a request, submits it on the loop, and answers its errno. */
  int run(Consumer<BlockRequest> fill) {
    CompletableFuture<Integer> outcome = new CompletableFuture<>();
    BlockRequest request = new BlockRequest(64, (r, errno) -> outcome.complete(errno));
    fill.accept(request);
    loop.invoke(
        () -> {
          disk.submit(request);
          disk.kick();
        });
    try {
      return outcome.get(60, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  int read(long offset, MemorySegment... memory) {
    return run(r -> add(r.read(offset), memory));
  }

  int write(long offset, MemorySegment... memory) {
    return run(r -> add(r.write(offset), memory));
  }

  int flush() {
    return run(BlockRequest::flush);
  }

  private static void add(BlockRequest request, MemorySegment... memory) {
    for (MemorySegment segment : memory) {
      request.addSegment(segment);
    }
  }
}
