package dev.jvmm.machine.legacy;

import java.util.ArrayList;
import java.util.List;

/**
 * What is at the end of a PS/2 cable: it takes command bytes and answers each of them at once.
 *
 * <p>Thread: confined to the monitor of its {@link I8042}.
 */
abstract class Ps2Device {

  static final int ACK = 0xFA;
  static final int RESEND = 0xFE; // as an answer: not understood
  static final int TEST_PASSED = 0xAA;

  /** No command is open that waits for its argument. */
  static final int NO_COMMAND = -1;

  /** The attack it stops: commands without end whose answers no one reads. */
  private static final int QUEUE_SIZE = 32;

  private final int[] queue = new int[QUEUE_SIZE];
  private int head;
  private int count;
  private int last;
  private int open;

  /**
   * What a snapshot keeps besides the device's own.
   *
   * @param open the command that waits for its argument
   * @param last the byte that was read last
   * @param queue what the host has not read yet
   */
  record Link(int open, int last, List<Integer> queue) {
    static final Link IDLE = new Link(NO_COMMAND, TEST_PASSED, List.of());

    Link {
      queue = List.copyOf(queue);
    }
  }

  final Link link() {
    List<Integer> bytes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      bytes.add(queue[(head + i) % QUEUE_SIZE]);
    }
    return new Link(open, last, bytes);
  }

  final void link(Link link) {
    open = link.open();
    last = link.last() & 0xFF;
    count = 0;
    link.queue().forEach(octet -> send(octet & 0xFF));
  }

  /** Has the next byte go to {@link #takeArgument}. */
  final void open(int command) {
    open = command;
  }

  /** Takes a byte from the host. */
  final void write(int octet) {
    int command = open;
    open = NO_COMMAND;
    if (command != NO_COMMAND && takeArgument(command, octet)) {
      return;
    }
    if (octet == RESEND) {
      send(last);
    } else {
      takeCommand(octet);
    }
  }

  /** Takes a command byte; {@link #open(int)} has its argument come to {@link #takeArgument}. */
  abstract void takeCommand(int command);

  /** Takes the argument of {@code command}; {@code false} where it is a new command instead. */
  abstract boolean takeArgument(int command, int argument);

  /** As after power-on, with nothing to say. */
  abstract void reset();

  /** Queues bytes for the host; what does not fit is lost, as from a real one's buffer. */
  final void send(int... bytes) {
    for (int octet : bytes) {
      if (count < QUEUE_SIZE) {
        queue[(head + count) % QUEUE_SIZE] = octet;
        count++;
      }
    }
  }

  final boolean hasNext() {
    return count > 0;
  }

  /** The next byte for the host; only where there is one. */
  final int next() {
    last = queue[head];
    head = (head + 1) % QUEUE_SIZE;
    count--;
    return last;
  }
}
