package dev.jvmm.machine.legacy;

import dev.jvmm.core.chardev.Chardev;
import java.util.ArrayList;
import java.util.List;

/**
 * The transmitter's half of a UART's buffer: what the host has not taken yet, up to 16 characters.
 *
 * <p>Thread: confined to the monitor of its UART.
 */
final class TransmitFifo {

  static final int DEPTH = 16;

  private final byte[] bytes = new byte[DEPTH];
  private int head;
  private int count;

  TransmitFifo(List<Integer> content) {
    content.stream().limit(DEPTH).forEach(character -> add(character));
  }

  List<Integer> content() {
    List<Integer> content = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      content.add(bytes[(head + i) & (DEPTH - 1)] & 0xFF);
    }
    return List.copyOf(content);
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** Adds a character; whether there was room for it. */
  boolean add(int character) {
    if (count == DEPTH) {
      return false;
    }
    bytes[(head + count) & (DEPTH - 1)] = (byte) character;
    count++;
    return true;
  }

  /** Hands over as much as the host takes now; whether that was everything. */
  boolean drainTo(Chardev chardev) {
    while (count > 0) {
      int run = Math.min(count, DEPTH - head);
      int taken = chardev.write(bytes, head, run);
      head = (head + taken) & (DEPTH - 1);
      count -= taken;
      if (taken < run) {
        return false;
      }
    }
    return true;
  }

  void clear() {
    count = 0;
  }
}
