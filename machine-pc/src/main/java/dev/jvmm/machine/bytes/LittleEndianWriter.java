package dev.jvmm.machine.bytes;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growing array of bytes that takes little-endian numbers.
 *
 * <p>Plain array stores rather than a {@code ByteBuffer}: tables are made once, before the first
 * instruction of the guest, where all code still runs interpreted.
 *
 * <p>Thread: confined to its maker.
 */
public final class LittleEndianWriter {

  private byte[] bytes;
  private int size;

  /** Empty, with room for {@code capacity} bytes before it has to grow. */
  public LittleEndianWriter(int capacity) {
    bytes = new byte[capacity];
  }

  /** How many bytes were written. */
  public int size() {
    return size;
  }

  /** Appends the low 8 bits. */
  public LittleEndianWriter u8(int value) {
    room(1);
    bytes[size++] = (byte) value;
    return this;
  }

  /** Appends the low 16 bits. */
  public LittleEndianWriter u16(int value) {
    return u8(value).u8(value >>> 8);
  }

  /** Appends the low 32 bits. */
  public LittleEndianWriter u32(long value) {
    room(4);
    store(size, 4, value);
    size += 4;
    return this;
  }

  /** Appends 64 bits. */
  public LittleEndianWriter u64(long value) {
    room(8);
    store(size, 8, value);
    size += 8;
    return this;
  }

  /** Appends bytes as they are. */
  public LittleEndianWriter bytes(byte[] more) {
    room(more.length);
    System.arraycopy(more, 0, bytes, size, more.length);
    size += more.length;
    return this;
  }

  /** Appends the characters of an ASCII text, a byte each. */
  public LittleEndianWriter ascii(String text) {
    return bytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Appends zeros. */
  public LittleEndianWriter zeros(int count) {
    room(count);
    size += count;
    return this;
  }

  /** Appends zeros up to the next multiple of {@code alignment}, a power of two. */
  public LittleEndianWriter align(int alignment) {
    return zeros(-size & (alignment - 1));
  }

  /** Overwrites 8 bits that were written before. */
  public void setU8(int at, int value) {
    bytes[checked(at, 1)] = (byte) value;
  }

  /** Overwrites 16 bits that were written before. */
  public void setU16(int at, int value) {
    store(checked(at, 2), 2, value);
  }

  /** Overwrites 32 bits that were written before. */
  public void setU32(int at, long value) {
    store(checked(at, 4), 4, value);
  }

  /** Overwrites bytes that were written before. */
  public void setBytes(int at, byte[] with) {
    System.arraycopy(with, 0, bytes, checked(at, with.length), with.length);
  }

  /** What the byte at {@code at}, now 0, has to be for the bytes of the range to sum to 0. */
  public int checksum(int from, int to) {
    int sum = 0;
    for (int i = from; i < to; i++) {
      sum += bytes[i];
    }
    return -sum & 0xFF;
  }

  /** A copy of what was written. */
  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  private void store(int at, int width, long value) {
    for (int i = 0; i < width; i++) {
      bytes[at + i] = (byte) (value >>> (8 * i));
    }
  }

  private int checked(int at, int width) {
    if (at < 0 || at > size - width) {
      throw new IndexOutOfBoundsException("%d+%d of %d".formatted(at, width, size));
    }
    return at;
  }

  private void room(int count) {
    if (count > bytes.length - size) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + count));
    }
  }
}
