package dev.jvmm.block;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.linux.Errno;
import dev.jvmm.linux.Fd;
import dev.jvmm.linux.IoUring;
import org.jspecify.annotations.Nullable;

/**
 * A disk whose contents are a file's or a block device's, byte for byte.
 *
 * <p>Thread: as {@link BlockBackend} says; whatever is not confined to the loop goes there by
 * {@link EventLoop#invoke}.
 *
 * <p>Reads, writes and flushes go by the ring if there is one. Everything rare goes to the threads:
 * discards, zeros, and data that O_DIRECT does not take as it lies. A write of less than O_DIRECT's
 * blocks reads, changes and writes back whole ones; it is alone on the disk meanwhile, or it would
 * undo a write of its neighbour.
 */
public final class RawImage implements BlockBackend {

  /** What the file turned out to be. */
  record Shape(long capacityBytes, BlockLimits limits, Alignment alignment) {}

  private final EventLoop loop;
  private final RawImageConfig config;
  private final Shape shape;
  private final ImageFile file;
  private final FileWork work;
  private final Completions completions;
  private final ThreadEngine threads;
  private final @Nullable RingEngine ring;
  private final RequestList waiting = new RequestList();
  private Runnable afterCompletions = () -> {};
  private volatile boolean writeCache;
  private boolean closed;
  private boolean alone; // the one request that runs bears no other
  private int running;
  private int inRing;
  private int inFlight;

  /** A ring with the descriptor that it is to work on. */
  record RingOn(IoUring ring, Fd file) {}

  RawImage(
      RawImageConfig config,
      Shape shape,
      ImageFile file,
      @Nullable RingOn ringOn,
      BlockHost host,
      EventLoop loop) {
    this.config = config;
    this.shape = shape;
    this.file = file;
    this.loop = loop;
    this.writeCache = config.cache().writeCache();
    this.work = new FileWork(file, config, shape.alignment());
    this.completions = new Completions(loop, this::finished, this::batchEnd);
    this.threads = new ThreadEngine(host.workers(), work, completions);
    this.ring =
        ringOn == null
            ? null
            : new RingEngine(
                ringOn.ring(), ringOn.file(), loop, this::ringFinished, this::batchEnd);
  }

  /**
   * Opens an image.
   *
   * @param loop where its requests and completions live
   * @throws dev.jvmm.core.vm.ConfigException with one sentence about the file
   */
  public static RawImage open(RawImageConfig config, BlockHost host, EventLoop loop) {
    return new ImageOpener(config, host).open(loop);
  }

  @Override
  public long capacityBytes() {
    return shape.capacityBytes();
  }

  @Override
  public boolean readOnly() {
    return config.readOnly();
  }

  @Override
  public BlockLimits limits() {
    return shape.limits();
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
  public int inFlight() {
    return inFlight;
  }

  @Override
  public void submit(BlockRequest request) {
    inFlight++;
    int errno = refusal(request);
    if (errno != 0 || isNothing(request)) {
      request.alone = false;
      running++;
      completions.finish(request, errno);
      return;
    }
    prepare(request);
    waiting.add(request);
    pump();
  }

  private int refusal(BlockRequest request) {
    if (closed) {
      return Errno.EBADF;
    }
    if (config.readOnly() && request.operation().changes()) {
      return Errno.EPERM;
    }
    boolean good =
        request.fits(shape.capacityBytes()) && request.placeAligned(BlockLimits.SECTOR_BYTES);
    return good ? 0 : Errno.EINVAL;
  }

  private boolean isNothing(BlockRequest request) {
    return switch (request.operation()) {
      case FLUSH -> config.readOnly() || config.cache().ignoresFlush();
      case DISCARD -> !config.discard() || request.lengthBytes() == 0;
      case READ, WRITE, WRITE_ZEROES -> request.lengthBytes() == 0;
    };
  }

  private void prepare(BlockRequest request) {
    BlockOperation operation = request.operation();
    boolean whole = request.placeAligned(shape.alignment().placeBytes());
    boolean guarded =
        config.probed()
            && operation == BlockOperation.WRITE
            && request.offset() < ImageFormat.HEADER_BYTES;
    boolean straight = whole && request.memoryAligned(shape.alignment().memoryBytes());
    request.bounced = guarded || (operation.movesData() && !straight);
    request.alone =
        !whole && (operation == BlockOperation.WRITE || operation == BlockOperation.WRITE_ZEROES);
    request.durable = !writeCache && operation.changes() && !config.cache().ignoresFlush();
  }

  /** Begins what may begin, in order: a request that must be alone holds up those behind it. */
  private void pump() {
    BlockRequest request = waiting.peek();
    while (request != null && !alone && (!request.alone || running == 0)) {
      waiting.poll();
      begin(request);
      request = waiting.peek();
    }
  }

  private void begin(BlockRequest request) {
    running++;
    alone = request.alone;
    if (ring != null && goesByRing(request)) {
      inRing++;
      ring.start(request);
    } else {
      threads.start(request);
    }
  }

  private boolean goesByRing(BlockRequest request) {
    return switch (request.operation()) {
      case READ -> !request.bounced;
      case WRITE -> !request.bounced && config.detectZeroes() == DetectZeroes.OFF;
      case FLUSH -> !work.syncFailed();
      case DISCARD, WRITE_ZEROES -> false;
    };
  }

  private void ringFinished(BlockRequest request, int errno) {
    inRing--;
    finished(request, request.operation() == BlockOperation.FLUSH ? work.synced(errno) : errno);
  }

  private void finished(BlockRequest request, int errno) {
    running--;
    inFlight--;
    if (request.alone) {
      alone = false;
    }
    request.rewind();
    request.complete(errno);
    pump();
  }

  private void batchEnd() {
    kick();
    afterCompletions.run();
  }

  @Override
  public void kick() {
    threads.kick();
    if (ring != null && !closed) {
      ring.kick();
    }
  }

  @Override
  public void cancel(BlockRequest request) {
    // It has begun, or does soon: nothing here waits for long.
  }

  @Override
  public void drain() {
    loop.invoke(this::drainOnLoop);
  }

  private void drainOnLoop() {
    while (inFlight > 0) {
      kick();
      if (ring != null && inRing > 0) {
        ring.await();
      } else if (inFlight > 0) {
        completions.await();
      }
    }
  }

  @Override
  public void close() {
    loop.invoke(this::closeOnLoop);
  }

  /** What the guest has written and not flushed is brought to the disk, as QEMU does. */
  private void closeOnLoop() {
    if (closed) {
      return;
    }
    drainOnLoop();
    closed = true;
    if (!config.readOnly()) {
      work.flush();
    }
    if (ring != null) {
      ring.close();
    }
    file.close();
  }
}
