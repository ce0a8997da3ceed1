package dev.jvmm.virtio.block;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.junit.Lifecycle;
import dev.jvmm.block.ErrorPolicy;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.virtio.device.DeviceStatus;
import dev.jvmm.virtio.device.FuzzedAccesses;
import dev.jvmm.virtio.queue.DriverSide;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import dev.jvmm.virtio.queue.FuzzInput;

/**
 * Requests of any kind to a disk. The input is a sequence of octets, each with what it needs, by
 * its three lowest bits:
 *
 * <ul>
 *   <li>0 to 2: a request of as many descriptors as the next three bits say, and one. Each is 16
 *       bits of flags and address and 16 bits of length. Of the former the lowest bit says whether
 *       the device may write it, the next one whether it is 4 GiB higher, the rest is the address
 *       in units of 256 bytes; bit 6 of the octet asks for an indirect table.
 *   <li>3: a store into RAM: 16 bits of address, in units of 8 bytes, and 16 bytes.
 *   <li>4: a notification and a run.
 *   <li>5: the disk completes what it has begun; the next octet says with which error.
 *   <li>6: the disk completes one request, which the next octet names.
 *   <li>7: with bit 3, a reset of the device; else held requests are tried again.
 * </ul>
 */
class BlockRequestsFuzzTest {

  private static final int MAX_STEPS = 200;
  private static final int[] ERRORS = {0, 5, 28, 121};

  /** Indirect table and rings; nothing else is there, so that all requests must come back. */
  private static final long INDIRECT = 0xC000;

  private static final long RINGS_END = 0x2_0000;
  private static final GuestMemory MEMORY = DriverSide.ram();

  private final MemoryBackend disk = new MemoryBackend();
  private BlockGuest guest = guest();
  private int offered;

  @FuzzTest(lifecycle = Lifecycle.PER_EXECUTION)
  void requests(byte[] bytes) {
    FuzzInput input = new FuzzInput(bytes);
    for (int i = 0; i < MAX_STEPS && input.hasMore(); i++) {
      step(input.u8(), input);
      takeAll();
    }
    settle();
    reset();
    disk.later = false;
    assertThat(guest.run(RequestType.IN, 0, Piece.writable(BlockGuest.DATA, 512))).isZero();
  }

  private BlockGuest guest() {
    FuzzedAccesses.clear(MEMORY);
    disk.later = true;
    disk.checks = true;
    disk.quiet = true;
    return new BlockGuest(
        VirtioBlockConfig.DEFAULT, ErrorPolicy.of("stop", "enospc"), disk, MEMORY);
  }

  private void step(int op, FuzzInput input) {
    switch (op & 7) {
      case 0, 1, 2 -> offer(1 + ((op >> 3) & 7), (op & 0x40) != 0, input);
      case 3 -> store(input.u16() * 8L, input.bytes(16));
      case 4 -> guest.kick();
      case 5 -> completeAll(input.u8());
      case 6 -> {
        if (!disk.begun.isEmpty()) {
          disk.complete(input.u8() % disk.begun.size());
        }
      }
      default -> {
        if ((op & 8) != 0) {
          reset();
        } else {
          guest.model.retry();
        }
      }
    }
  }

  private void offer(int count, boolean indirect, FuzzInput input) {
    Piece[] pieces = new Piece[count];
    for (int i = 0; i < count; i++) {
      int word = input.u16();
      int length = input.u16();
      long gpa = (word >> 2) * 256L + ((word & 2) != 0 ? 1L << 32 : 0);
      pieces[i] =
          new Piece(isOfQueue(gpa, length) ? BlockGuest.DATA : gpa, length, (word & 1) != 0);
    }
    if (guest.queue.freeCount() < count) {
      return; // the driver waits
    }
    if (indirect) {
      guest.queue.addIndirect(INDIRECT, pieces);
    } else {
      guest.queue.add(pieces);
    }
    offered++;
  }

  private static void store(long gpa, byte[] bytes) {
    if (!isOfQueue(gpa, bytes.length)) {
      MEMORY.write(gpa, bytes);
    }
  }

  private static boolean isOfQueue(long gpa, int length) {
    return gpa < RINGS_END && gpa + length > INDIRECT;
  }

  private void completeAll(int error) {
    disk.errno = ERRORS[error & 3];
    disk.readErrno = ERRORS[(error >> 2) & 3];
    while (!disk.begun.isEmpty()) {
      disk.completeUntold(disk.begun.size() - 1);
    }
    disk.tell();
    guest.driver.runner.runUntilIdle();
  }

  private void reset() {
    guest.driver.device.status(0);
    while (!disk.begun.isEmpty()) {
      disk.complete(0);
    }
    assertThat(guest.driver.device.status()).isZero();
    assertThat(disk.inFlight()).isZero();
    guest.queue = guest.driver.bringUp();
    offered = 0;
  }

  private void takeAll() {
    for (var used = guest.take(); used != null; used = guest.take()) {
      offered--;
    }
    assertThat(offered).as("not given back").isNotNegative();
  }

  private void settle() {
    guest.kick();
    do {
      guest.model.retry();
      completeAll(0);
    } while (disk.inFlight() > 0);
    takeAll();
    assertThat(guest.driver.device.status() & DeviceStatus.NEEDS_RESET).isZero();
    assertThat(offered).as("never given back").isZero();
  }
}
