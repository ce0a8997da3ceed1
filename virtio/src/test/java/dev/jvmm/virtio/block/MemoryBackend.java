package dev.jvmm.virtio.block;

import dev.jvmm.block.BlockBackend;
import dev.jvmm.block.BlockLimits;
import dev.jvmm.block.BlockOperation;
import dev.jvmm.block.BlockRequest;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.memory.Region;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/**
 * A disk of bytes for tests: completes inside {@code kick}, or when the test says so and in the
 * order that it says, and fails what it is told to.
 *
 * <p>Thread: confined to the test's.
 */
final class MemoryBackend implements BlockBackend {

  static final int SECTORS = 256;

  private static final int ECANCELED = 125;

  final byte[] bytes = new byte[SECTORS * 512];
  final List<BlockRequest> begun = new ArrayList<>();
  final List<String> log = new ArrayList<>();
  boolean readOnly;
  boolean later; // whether the test completes
  boolean checks; // whether it may only be asked for what it has
  boolean cancels; // whether nothing has begun that can be cancelled
  boolean quiet; // keeps no log; at once, it moves no data either, and allocates nothing
  int errno; // of what changes or flushes
  int readErrno;
  int kicks;
  BlockLimits limits = BlockLimits.NONE;
  private final ArrayDeque<BlockRequest> submitted = new ArrayDeque<>();
  private GuestMemory memory = new GuestMemory(List.of());
  private Runnable afterCompletions = () -> {};
  private boolean writeCache = true;

  /** Whose addresses the segments are. */
  void memory(GuestMemory guest) {
    memory = guest;
  }

  /** Completes one of those begun, as the host would at any time. */
  void complete(int index) {
    finish(begun.remove(index));
    afterCompletions.run();
  }

  /** Completes one, and leaves it to {@link #tell} to say that there was something. */
  void completeUntold(int index) {
    finish(begun.remove(index));
  }

  void tell() {
    afterCompletions.run();
  }

  /** Completes all in an order of chance, and tells of it once. */
  void completeAll(Random order) {
    while (!begun.isEmpty()) {
      finish(begun.remove(order.nextInt(begun.size())));
    }
    afterCompletions.run();
  }

  /** Has those begun complete inside the next kick. */
  void submitAgain() {
    submitted.addAll(begun);
    begun.clear();
  }

  private void finish(BlockRequest request) {
    BlockOperation operation = request.operation();
    int outcome = operation.isRead() ? readErrno : errno;
    if (outcome == 0 && (later || !quiet)) {
      move(request);
    }
    request.complete(outcome);
  }

  private void move(BlockRequest request) {
    int at = (int) request.offset();
    int end = (int) (at + request.lengthBytes());
    switch (request.operation()) {
      case READ, WRITE -> {
        for (int i = 0; i < request.segmentCount(); i++) {
          MemorySegment guest = guest(request.segmentAddress(i), request.segmentBytes(i));
          MemorySegment disk = MemorySegment.ofArray(bytes).asSlice(at, guest.byteSize());
          if (request.operation() == BlockOperation.READ) {
            guest.copyFrom(disk);
          } else {
            disk.copyFrom(guest);
          }
          at += (int) guest.byteSize();
        }
      }
      case WRITE_ZEROES -> Arrays.fill(bytes, at, end, (byte) 0);
      case DISCARD -> Arrays.fill(bytes, at, end, (byte) 0xDD);
      case FLUSH -> {}
    }
  }

  private MemorySegment guest(long address, long length) {
    Region region = memory.regions().getFirst();
    long gpa = address - region.memory().address();
    return Objects.requireNonNull(memory.slice(gpa, length));
  }

  @Override
  public long capacityBytes() {
    return bytes.length;
  }

  @Override
  public boolean readOnly() {
    return readOnly;
  }

  @Override
  public BlockLimits limits() {
    return limits;
  }

  @Override
  public boolean writeCache() {
    return writeCache;
  }

  @Override
  public void writeCache(boolean on) {
    writeCache = on;
  }

  @Override
  public void afterCompletions(Runnable listener) {
    afterCompletions = listener;
  }

  @Override
  public void submit(BlockRequest request) {
    if (checks) {
      long end = Math.addExact(request.offset(), request.lengthBytes());
      boolean good = request.offset() >= 0 && end <= bytes.length && end % 512 == 0;
      if (!good || request.offset() % 512 != 0) {
        throw new AssertionError("%d+%d".formatted(request.offset(), request.lengthBytes()));
      }
    }
    if (!quiet) {
      log.add(
          "%s %d+%d%s%s"
              .formatted(
                  request.operation(),
                  request.offset() / 512,
                  request.lengthBytes() / 512,
                  request.operation() == BlockOperation.WRITE_ZEROES && request.mayUnmap()
                      ? " unmap"
                      : "",
                  writeCache ? "" : " durable"));
    }
    submitted.add(request);
  }

  @Override
  public void kick() {
    kicks++;
    if (later) {
      begun.addAll(submitted);
      submitted.clear();
      return;
    }
    for (int left = submitted.size(); left > 0; left--) {
      finish(submitted.remove());
    }
  }

  @Override
  public void cancel(BlockRequest request) {
    if (cancels && (submitted.remove(request) || begun.remove(request))) {
      request.complete(ECANCELED);
    }
  }

  @Override
  public int inFlight() {
    return submitted.size() + begun.size();
  }

  @Override
  public void drain() {
    throw new AssertionError("a device never waits");
  }

  @Override
  public void close() {
    throw new AssertionError("the disk is not the device's");
  }
}
