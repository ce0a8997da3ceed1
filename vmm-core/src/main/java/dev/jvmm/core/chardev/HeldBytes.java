package dev.jvmm.core.chardev;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bytes that have come and are not taken yet, seen as text of one character a byte; what was taken
 * last is kept a while for {@link #tail}.
 *
 * <p>Thread: not thread-safe; its owner's monitor guards it.
 */
final class HeldBytes implements CharSequence {

  private static final int TAIL_BYTES = 4096;

  private byte[] bytes = new byte[1024];
  private int start; // of what is not taken
  private int end;

  HeldBytes() {}

  /** Adds bytes, and moves what is there to the front where that makes room. */
  void add(byte[] source, int offset, int length) {
    if (end + length > bytes.length) {
      int kept = Math.max(0, start - TAIL_BYTES);
      int count = end - kept;
      byte[] target = 2 * (count + length) > bytes.length ? new byte[2 * (count + length)] : bytes;
      System.arraycopy(bytes, kept, target, 0, count);
      bytes = target;
      start -= kept;
      end -= kept;
    }
    System.arraycopy(source, offset, bytes, end, length);
    end += length;
  }

  /** How many are not taken. */
  @Override
  public int length() {
    return end - start;
  }

  @Override
  public char charAt(int index) {
    return (char) (bytes[start + index] & 0xFF);
  }

  @Override
  public CharSequence subSequence(int from, int to) {
    return new String(bytes, start + from, to - from, StandardCharsets.ISO_8859_1);
  }

  @Override
  public String toString() {
    return text(0, length());
  }

  /** What is between two indices, as UTF-8 has it. */
  String text(int from, int to) {
    return new String(bytes, start + from, to - from, StandardCharsets.UTF_8);
  }

  /** Copies the first bytes. */
  byte[] first(int count) {
    return Arrays.copyOfRange(bytes, start, start + count);
  }

  /** Takes the first bytes. */
  void take(int count) {
    start += count;
  }

  /** The last of all that has come, without what a terminal would not show. */
  String tail() {
    int from = Math.max(0, end - TAIL_BYTES);
    return new String(bytes, from, end - from, StandardCharsets.UTF_8)
        .replaceAll("[\\p{Cntrl}\\uFFFD&&[^\\n\\t]]", "");
  }
}
