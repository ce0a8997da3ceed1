package dev.jvmm.virtio.queue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A fuzzer's bytes, read as little-endian numbers; behind the last byte there are zeros.
 *
 * <p>Thread: one test's.
 */
public final class FuzzInput {

  private final ByteBuffer bytes;

  public FuzzInput(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Whether anything is left. */
  public boolean hasMore() {
    return bytes.hasRemaining();
  }

  public int u8() {
    return (int) number(1);
  }

  public int u16() {
    return (int) number(2);
  }

  public long u32() {
    return number(4);
  }

  public long u64() {
    return number(8);
  }

  /** A number of {@code size} bytes. */
  public long number(int size) {
    long number = 0;
    for (int i = 0; i < size && bytes.hasRemaining(); i++) {
      number |= (bytes.get() & 0xFFL) << (8 * i);
    }
    return number;
  }

  /** As many of the next {@code count} bytes as there are. */
  public byte[] bytes(int count) {
    byte[] next = new byte[Math.min(count, bytes.remaining())];
    bytes.get(next);
    return next;
  }
}
