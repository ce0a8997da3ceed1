package dev.jvmm.virtio.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.virtio.queue.DriverSide;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import dev.jvmm.virtio.queue.DriverSide.Used;
import dev.jvmm.virtio.queue.FuzzInput;
import java.util.ArrayList;
import java.util.List;

/**
 * What a fuzzer has a driver put into the queues of a device: rings that are in order, with any
 * requests in them. The input is a sequence of octets, each with what it needs, by its three lowest
 * bits:
 *
 * <ul>
 *   <li>0 to 2: a request. Bits 3 to 5 name the queue, bits 6 and 7 say how many descriptors it
 *       has, less one. Each is 16 bits of flags and address and 16 bits of length. Of the former
 *       the lowest bit says whether the device may write it, the next one whether it is 4 GiB
 *       higher, the rest is the address from {@link #DATA} on in units of 256 bytes.
 *   <li>3: a store into RAM from {@link #DATA} on: 16 bits of address, in units of 8 bytes, and 16
 *       bytes.
 *   <li>4: a reset, with 32 bits of features that the driver does not take.
 *   <li>5 to 7: what the target says.
 * </ul>
 *
 * <p>No more comes back than was given, nothing longer than there was room, and the device never
 * asks for a reset: whatever is in a request, the rings are in order.
 *
 * <p>Thread: one test's.
 */
public final class FuzzedQueues {

  /** Behind all rings. */
  public static final long DATA = 0x6_0000;

  private static final int MAX_STEPS = 300;

  private final GuestDriver driver;
  private final List<DriverSide> queues = new ArrayList<>();
  private final List<int[]> rooms = new ArrayList<>(); // of each queue, by head
  private int[] outstanding = {};

  /** A driver of {@code driver}'s device, which has at most 5 queues, that has taken all of it. */
  public FuzzedQueues(GuestDriver driver) {
    this.driver = driver;
    start(0);
  }

  /** What the target has the rest of the world do. */
  @FunctionalInterface
  public interface World {

    /** {@code op} is the octet, whose three lowest bits are 5 to 7. */
    void step(int op, FuzzInput input);
  }

  /** Does it all. */
  public void run(FuzzInput input, World world) {
    for (int i = 0; i < MAX_STEPS && input.hasMore(); i++) {
      int op = input.u8();
      switch (op & 7) {
        case 0, 1, 2 -> offer(op, input);
        case 3 -> driver.memory.write(DATA + input.u16() * 8L, input.bytes(16));
        case 4 -> reset(input.u32());
        default -> world.step(op, input);
      }
      settle();
    }
  }

  /** A reset, and a driver that takes all features but those. */
  public void reset(long without) {
    driver.device.status(0);
    driver.runner.runUntilIdle();
    assertThat(driver.device.status()).as("status after a reset").isZero();
    start(without);
  }

  private void start(long without) {
    driver.negotiate(driver.offered() & ~without);
    queues.clear();
    rooms.clear();
    outstanding = new int[driver.device.queueCount()];
    for (int i = 0; i < outstanding.length; i++) {
      queues.add(driver.enable(i));
      rooms.add(new int[driver.device.queueMaxSize(i)]);
    }
    driver.driverOk();
    driver.runner.runUntilIdle();
  }

  private void offer(int op, FuzzInput input) {
    Piece[] pieces = new Piece[1 + (op >> 6)];
    for (int i = 0; i < pieces.length; i++) {
      int word = input.u16();
      long gpa = DATA + (word >> 2) * 256L + ((word & 2) != 0 ? 1L << 32 : 0);
      pieces[i] = new Piece(gpa, input.u16(), (word & 1) != 0);
    }
    offer(((op >> 3) & 7) % queues.size(), pieces);
  }

  /** Makes a request available and says so; the driver waits where the queue is full. */
  public void offer(int queue, Piece... pieces) {
    if (queues.get(queue).freeCount() < pieces.length) {
      return;
    }
    int room = 0;
    for (Piece piece : pieces) {
      room += piece.writable() ? piece.length() : 0;
    }
    rooms.get(queue)[queues.get(queue).add(pieces)] = room;
    outstanding[queue]++;
    queues.get(queue).publish();
    driver.device.notifyQueue(queue);
  }

  /** Has the device do what it can, and takes what comes back. */
  public void settle() {
    driver.runner.runUntilIdle();
    for (int i = 0; i < outstanding.length; i++) {
      for (Used used = queues.get(i).take(); used != null; used = queues.get(i).take()) {
        assertThat(used.length()).as("length").isBetween(0, rooms.get(i)[used.head()]);
        outstanding[i]--;
      }
      assertThat(outstanding[i]).as("requests of queue %d", i).isNotNegative();
    }
    assertThat(driver.device.status() & DeviceStatus.NEEDS_RESET).isZero();
  }

  /** How many requests of a queue the device has. */
  public int outstanding(int queue) {
    return outstanding[queue];
  }
}
