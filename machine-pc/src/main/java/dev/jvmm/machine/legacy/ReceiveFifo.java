package dev.jvmm.machine.legacy;

import java.util.ArrayList;
import java.util.List;

/**
 * The receiver's half of a UART's buffer: up to 16 characters, each with the errors that it came
 * with.
 *
 * <p>Thread: confined to the monitor of its UART.
 */
final class ReceiveFifo {

  static final int DEPTH = 16;

  private static final int CHARACTER = 0xFF;

  private final int[] entries = new int[DEPTH];
  private int head;
  private int count;
  private int flawed; // how many of the entries have errors

  ReceiveFifo(List<Integer> content) {
    content.stream().limit(DEPTH).forEach(entry -> add(entry & CHARACTER, entry & ~CHARACTER));
  }

  List<Integer> content() {
    List<Integer> content = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      content.add(entries[(head + i) & (DEPTH - 1)]);
    }
    return List.copyOf(content);
  }

  int count() {
    return count;
  }

  boolean isEmpty() {
    return count == 0;
  }

  boolean isFull() {
    return count == DEPTH;
  }

  /** Whether any character in it came with an error. */
  boolean flawed() {
    return flawed > 0;
  }

  /** Adds a character below those that are there; only where it is not full. */
  void add(int character, int errors) {
    entries[(head + count) & (DEPTH - 1)] = character | errors;
    count++;
    if (errors != 0) {
      flawed++;
    }
  }

  /** Takes the oldest character; only where there is one. */
  int take() {
    int entry = entries[head];
    head = (head + 1) & (DEPTH - 1);
    count--;
    if ((entry & ~CHARACTER) != 0) {
      flawed--;
    }
    return entry & CHARACTER;
  }

  /** The errors of the oldest character, which are told once and then forgotten. */
  int takeErrors() {
    if (count == 0) {
      return 0;
    }
    int errors = entries[head] & ~CHARACTER;
    if (errors != 0) {
      entries[head] &= CHARACTER;
      flawed--;
    }
    return errors;
  }

  void clear() {
    count = 0;
    flawed = 0;
  }
}
