package dev.jvmm.virtio.net;

import org.jspecify.annotations.Nullable;

/**
 * One pair of queues of a network: frames out, frames in. Nothing here waits.
 *
 * <p>Thread: confined to the event loop, the callbacks too.
 */
public interface NetQueue {

  /** There is no frame now, or no room for one. */
  int NOTHING = 0;

  /** The frame could not be moved and never will be. */
  int LOST = -1;

  /**
   * Brings the next frame with its header.
   *
   * @return its bytes with the header, {@link #NOTHING} or {@link #LOST}
   */
  int receive(FrameRoom room);

  /**
   * Takes a frame with its header, whole.
   *
   * @return its bytes, {@link #NOTHING} or {@link #LOST}
   */
  int send(FrameOut frame);

  /** Has {@code readable} called while there are frames, again and again; {@code null}: no more. */
  void whenReadable(@Nullable Runnable readable);

  /** Has {@code writable} called while there is room for a frame; {@code null}: no more. */
  void whenWritable(@Nullable Runnable writable);
}
