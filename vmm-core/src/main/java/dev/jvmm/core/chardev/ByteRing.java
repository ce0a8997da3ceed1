package dev.jvmm.core.chardev;

/**
 * A bounded queue of bytes.
 *
 * <p>Thread: not thread-safe; its owner's monitor guards it. Bytes that {@link #start} and {@link
 * #run} point at stay as they are until they are dropped, whatever is put meanwhile.
 */
final class ByteRing {

  private final byte[] bytes;
  private int head;
  private int count;

  ByteRing(int size) {
    this.bytes = new byte[size];
  }

  int count() {
    return count;
  }

  int room() {
    return bytes.length - count;
  }

  /** Adds what there is room for; how many that was. */
  int put(byte[] source, int offset, int length) {
    int taken = Math.min(length, room());
    int tail = (head + count) % bytes.length;
    int first = Math.min(taken, bytes.length - tail);
    System.arraycopy(source, offset, bytes, tail, first);
    System.arraycopy(source, offset + first, bytes, 0, taken - first);
    count += taken;
    return taken;
  }

  /** One with the same bytes and twice the size. */
  ByteRing doubled() {
    ByteRing larger = new ByteRing(bytes.length * 2);
    larger.put(bytes, head, run());
    larger.put(bytes, 0, count - run());
    return larger;
  }

  /** The array behind it. */
  byte[] array() {
    return bytes;
  }

  /** Where in {@link #array} the oldest byte is. */
  int start() {
    return head;
  }

  /** How many bytes from {@link #start} on lie in one piece. */
  int run() {
    return Math.min(count, bytes.length - head);
  }

  /** Forgets the oldest {@code length} bytes. */
  void drop(int length) {
    head = (head + length) % bytes.length;
    count -= length;
  }

  void clear() {
    count = 0;
  }
}
