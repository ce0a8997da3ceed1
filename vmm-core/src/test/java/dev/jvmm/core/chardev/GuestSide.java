package dev.jvmm.core.chardev;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * A front end with the appetite of a UART: 16 bytes at a time, and it waits when told to.
 *
 * <p>Thread: safe; the test's thread is the guest.
 */
final class GuestSide implements CharFrontend {

  private static final int FIFO_BYTES = 16;
  private static final long PATIENCE_SECONDS = 20;

  private final Chardev chardev;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ByteArrayOutputStream fifo = new ByteArrayOutputStream();
  private final List<Event> events = new ArrayList<>();
  private boolean starved;
  private int writableCalls;

  GuestSide(Chardev chardev) {
    this.chardev = chardev;
  }

  @Override
  public int receiveRoom() {
    lock.lock();
    try {
      int room = FIFO_BYTES - fifo.size();
      starved = room == 0;
      return room;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void receive(byte[] bytes, int offset, int length) {
    lock.lock();
    try {
      if (length > FIFO_BYTES - fifo.size()) {
        throw new IllegalStateException("more than there was room for");
      }
      fifo.write(bytes, offset, length);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void writable() {
    lock.lock();
    try {
      writableCalls++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void event(Event event) {
    lock.lock();
    try {
      events.add(event);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Writes all of it, waiting whenever the host end is full. */
  void send(byte[] data) throws Exception {
    int sent = 0;
    while (sent < data.length) {
      int before = writableCalls();
      int wanted = Math.min(FIFO_BYTES, data.length - sent);
      int taken = chardev.write(data, sent, wanted);
      sent += taken;
      if (taken < wanted) {
        awaitWritable(before);
      }
    }
  }

  private int writableCalls() {
    lock.lock();
    try {
      return writableCalls;
    } finally {
      lock.unlock();
    }
  }

  private void awaitWritable(int before) throws Exception {
    lock.lock();
    try {
      await(() -> writableCalls != before);
    } finally {
      lock.unlock();
    }
  }

  /** Reads that many bytes, a FIFO at a time. */
  byte[] read(int count) throws Exception {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (all.size() < count) {
      all.writeBytes(readFifo());
    }
    return all.toByteArray();
  }

  private byte[] readFifo() throws Exception {
    boolean wasStarved;
    byte[] content;
    lock.lock();
    try {
      await(() -> fifo.size() > 0);
      content = fifo.toByteArray();
      fifo.reset();
      wasStarved = starved;
      starved = false;
    } finally {
      lock.unlock();
    }
    if (wasStarved) {
      chardev.receiveReady();
    }
    return content;
  }

  /** Returns once this has happened that often since the beginning. */
  void awaitEvent(Event event, int times) throws Exception {
    lock.lock();
    try {
      await(() -> events.stream().filter(event::equals).count() >= times);
    } finally {
      lock.unlock();
    }
  }

  private void await(BooleanSupplier until) throws Exception {
    long left = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!until.getAsBoolean()) {
      if (left <= 0) {
        throw new TimeoutException("nothing happened; events so far: " + events);
      }
      left = changed.awaitNanos(left);
    }
  }
}
