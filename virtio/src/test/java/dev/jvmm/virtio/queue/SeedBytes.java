package dev.jvmm.virtio.queue;

import java.io.ByteArrayOutputStream;

/**
 * The bytes of a seed, as {@link FuzzInput} reads them.
 *
 * <p>Thread: one test's.
 */
public final class SeedBytes {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  public SeedBytes() {}

  public SeedBytes u8(int number) {
    return number(number, 1);
  }

  public SeedBytes u16(int number) {
    return number(number, 2);
  }

  public SeedBytes u64(long number) {
    return number(number, 8);
  }

  /** A number of {@code size} bytes. */
  public SeedBytes number(long number, int size) {
    for (int i = 0; i < size; i++) {
      bytes.write((int) (number >>> (8 * i)));
    }
    return this;
  }

  public SeedBytes bytes(byte[] more) {
    bytes.writeBytes(more);
    return this;
  }

  public byte[] toByteArray() {
    return bytes.toByteArray();
  }
}
