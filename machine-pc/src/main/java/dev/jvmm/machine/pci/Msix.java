package dev.jvmm.machine.pci;

import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.core.event.Signal;
import dev.jvmm.core.irq.MsiVector;
import dev.jvmm.core.irq.MsiVectors;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * MSI-X (PCI Local Bus 3.0, 6.8.2): a table of messages in a BAR of its own, each with a mask, a
 * mask for all of them, and a bit for each that was held back.
 *
 * <p>The table and the pending bits take aligned accesses of 4 and 8 bytes, as the specification
 * has them; others read all ones and write nothing.
 *
 * <p>The kernel's table of messages is costly to change. So an entry's message is settled when the
 * guest lets it go - a driver masks an entry, writes it, unmasks it - and always on the guest's own
 * thread: an event loop that fires never waits for it.
 *
 * <p>Who sends the messages of a vector in our place may do so while {@link #direct} says how. A
 * change of that is told under the monitor, on the guest's thread: the guest goes on when nobody
 * sends any more what it has masked.
 *
 * <p>Thread: safe by its monitor, which nothing but the vectors and that listener is called under.
 */
public final class Msix implements Capability, MessageSource {

  /** As many vectors as the capability can count. */
  public static final int MAX_VECTORS = 2048;

  static final int ID = 0x11;

  private static final int LEAST_BAR_BYTES = 4096;
  private static final int ENTRY_BYTES = 16;
  private static final int ENTRY_WORDS = 4; // address, its upper half, data, control
  private static final int ENTRY_UPPER = 1;
  private static final int ENTRY_DATA = 2;
  private static final int ENTRY_CONTROL = 3;
  private static final int CONTROL_MASKED = 1;
  private static final int ADDRESS_WRITABLE = ~3;

  private static final int MESSAGE_CONTROL = 2; // after id and next pointer
  private static final int MESSAGE_FUNCTION_MASK = 1 << 14;
  private static final int MESSAGE_ENABLE = 1 << 15;

  private final int bar;
  private final int vectors;
  private final int[] table;
  private final int[] pending;
  private final MsiVector[] ways;
  private final boolean[] settled; // whether the way of a vector has the message of its entry
  private final IntxPin pin;
  private boolean enabled;
  private boolean functionMask;
  private boolean busMaster;
  private Runnable changed = () -> {};

  Msix(int bar, int vectors, MsiVectors source, IntxPin pin) {
    if (vectors < 1 || vectors > MAX_VECTORS) {
      throw new IllegalArgumentException(vectors + " vectors");
    }
    this.bar = bar;
    this.vectors = vectors;
    this.table = new int[ENTRY_WORDS * vectors];
    this.pending = new int[(vectors + 63) / 64 * 2]; // whole quad words
    this.ways = new MsiVector[vectors];
    for (int vector = 0; vector < vectors; vector++) {
      ways[vector] = source.newVector();
    }
    this.settled = new boolean[vectors];
    this.pin = pin;
    reset();
  }

  /** How large its BAR is: the table in the lower half, pending bits in the upper. */
  int barBytes() {
    return Math.max(LEAST_BAR_BYTES, Integer.highestOneBit(2 * ENTRY_BYTES * vectors - 1) << 1);
  }

  /** What is in the BAR. */
  BusDevice device() {
    return new Window();
  }

  /** Whether the guest has switched it on; if not, the pin is what it listens to. */
  public synchronized boolean enabled() {
    return enabled;
  }

  /** How many vectors there are. */
  public int vectors() {
    return vectors;
  }

  /**
   * Sends the message of a vector, or holds it back while it is masked.
   *
   * @param vector any number; one that isn't there is ignored
   */
  public synchronized void fire(int vector) {
    if (!enabled || vector < 0 || vector >= vectors) {
      return;
    }
    if (held(vector)) {
      pending[vector >>> 5] |= 1 << vector;
    } else {
      ways[vector].fire();
    }
  }

  /**
   * What sends a vector's message when it is signalled, or {@code null} while nothing may.
   *
   * @param vector any number; one that isn't there sends nothing
   */
  public synchronized @Nullable Signal direct(int vector) {
    return enabled && vector >= 0 && vector < vectors && !held(vector)
        ? ways[vector].signal()
        : null;
  }

  /** Runs {@code change} while no answer of {@link #direct} changes. */
  public synchronized void change(Runnable change) {
    change.run();
  }

  /** Has {@code listener} run under the monitor when answers of {@link #direct} have changed. */
  public synchronized void whenChanged(Runnable listener) {
    changed = listener;
  }

  @Override
  public int id() {
    return ID;
  }

  @Override
  public byte[] body() {
    byte[] body = new byte[10];
    body[0] = (byte) (vectors - 1);
    body[1] = (byte) ((vectors - 1) >>> 8);
    body[2] = (byte) bar;
    int pba = barBytes() / 2 | bar;
    for (int i = 0; i < Integer.BYTES; i++) {
      body[6 + i] = (byte) (pba >>> (8 * i));
    }
    return body;
  }

  @Override
  public byte[] writable() {
    byte[] writable = new byte[10];
    writable[1] = (byte) ((MESSAGE_ENABLE | MESSAGE_FUNCTION_MASK) >>> 8);
    return writable;
  }

  @Override
  public void reading(Registers registers, int offset, int size) {}

  @Override
  public synchronized void written(Registers registers, int offset, int size) {
    int control = registers.get(MESSAGE_CONTROL, 2);
    enabled = (control & MESSAGE_ENABLE) != 0;
    functionMask = (control & MESSAGE_FUNCTION_MASK) != 0;
    pin.useMessages(this, enabled);
    settleAndSendPending();
  }

  @Override
  public synchronized void busMaster(boolean on) {
    busMaster = on;
    settleAndSendPending();
  }

  /** Every vector masked, none pending, all of it off. */
  @Override
  public synchronized void reset() {
    Arrays.fill(table, 0);
    for (int vector = 0; vector < vectors; vector++) {
      table[ENTRY_WORDS * vector + ENTRY_CONTROL] = CONTROL_MASKED;
    }
    Arrays.fill(pending, 0);
    Arrays.fill(settled, false);
    enabled = false;
    functionMask = false;
    pin.useMessages(this, false);
    changed.run();
  }

  private boolean held(int vector) {
    int control = table[ENTRY_WORDS * vector + ENTRY_CONTROL];
    return functionMask || !busMaster || (control & CONTROL_MASKED) != 0;
  }

  /** Gives the kernel the message of an entry that may be sent from now on. */
  private void settle(int vector) {
    if (!enabled || settled[vector] || held(vector)) {
      return;
    }
    int entry = ENTRY_WORDS * vector;
    long address = Integer.toUnsignedLong(table[entry]) | ((long) table[entry + ENTRY_UPPER] << 32);
    ways[vector].program(address, table[entry + ENTRY_DATA]);
    settled[vector] = true;
  }

  /** What became true may let vectors go. */
  private void settleAndSendPending() {
    for (int vector = 0; vector < vectors; vector++) {
      settle(vector);
    }
    sendPending();
    changed.run();
  }

  private void sendPending() {
    for (int word = 0; word < pending.length; word++) {
      for (int bits = pending[word]; bits != 0; bits &= bits - 1) {
        sendIfPending(32 * word + Integer.numberOfTrailingZeros(bits));
      }
    }
  }

  private void sendIfPending(int vector) {
    int bit = 1 << vector;
    if (enabled && (pending[vector >>> 5] & bit) != 0 && !held(vector)) {
      pending[vector >>> 5] &= ~bit;
      ways[vector].fire();
    }
  }

  private synchronized int readWord(int offset) {
    int word = offset / Integer.BYTES;
    if (word < table.length) {
      return table[word];
    }
    int pba = word - barBytes() / 2 / Integer.BYTES;
    return pba >= 0 && pba < pending.length ? pending[pba] : 0;
  }

  private synchronized void writeWord(int offset, int value) {
    int word = offset / Integer.BYTES;
    if (word >= table.length) {
      return; // pending bits are read-only
    }
    int vector = word / ENTRY_WORDS;
    switch (word % ENTRY_WORDS) {
      case 0 -> message(vector, word, value & ADDRESS_WRITABLE);
      case ENTRY_CONTROL -> {
        table[word] = value & CONTROL_MASKED;
        settle(vector);
        sendIfPending(vector);
        changed.run();
      }
      default -> message(vector, word, value);
    }
  }

  /** A part of a message; of one that is not masked it takes effect at once. */
  private void message(int vector, int word, int value) {
    if (table[word] != value) {
      table[word] = value;
      settled[vector] = false;
      settle(vector);
      changed.run();
    }
  }

  private final class Window implements BusDevice {

    @Override
    public long read(long offset, int size) {
      if (refused(offset, size)) {
        return ALL_ONES;
      }
      long low = Integer.toUnsignedLong(readWord((int) offset));
      return size == Integer.BYTES ? low : low | ((long) readWord((int) offset + 4) << 32);
    }

    @Override
    public void write(long offset, int size, long value) {
      if (refused(offset, size)) {
        return;
      }
      writeWord((int) offset, (int) value);
      if (size == Long.BYTES) {
        writeWord((int) offset + Integer.BYTES, (int) (value >>> 32));
      }
    }

    private static boolean refused(long offset, int size) {
      return size < Integer.BYTES || offset % size != 0;
    }
  }
}
