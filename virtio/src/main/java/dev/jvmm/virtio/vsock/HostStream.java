package dev.jvmm.virtio.vsock;

import java.lang.foreign.MemorySegment;

/**
 * The host's end of one connection: a stream of bytes each way.
 *
 * <p>Thread: confined to the event loop of the device. Nothing here waits.
 */
public interface HostStream extends AutoCloseable {

  /** There is nothing now, or no room; {@link Listener} says when that changes. */
  int NOTHING = 0;

  /** No more bytes will come, or be taken. */
  int ENDED = -1;

  /** Told of changes. Thread: the event loop's. */
  interface Listener {

    /** After {@link #NOTHING}: bytes, or the end, may have come. */
    void readable();

    /** After {@link #NOTHING}: there may be room. */
    void writable();
  }

  /** Has {@code listener} told of changes from now on; what is there already counts as one. */
  void listen(Listener listener);

  /**
   * The guest has accepted; only of a connection that the host began.
   *
   * @param hostPort the host's port of the connection
   */
  void accepted(int hostPort);

  /** Takes bytes from the host: how many, {@link #NOTHING} or {@link #ENDED}. */
  int receive(MemorySegment bytes);

  /** Gives bytes, at least one, to the host: how many it took, {@link #NOTHING} or ENDED. */
  int send(MemorySegment bytes);

  /** Nothing more will be sent. */
  void shutdownOutput();

  @Override
  void close();
}
