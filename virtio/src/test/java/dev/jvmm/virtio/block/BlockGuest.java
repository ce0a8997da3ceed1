package dev.jvmm.virtio.block;

import dev.jvmm.block.BlockOperation;
import dev.jvmm.block.ErrorPolicy;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.virtio.device.GuestDriver;
import dev.jvmm.virtio.queue.DriverSide;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import dev.jvmm.virtio.queue.DriverSide.Used;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A guest with a disk: what a driver of block devices does, honest or not. */
final class BlockGuest {

  /** Where headers, data and status bytes are, each kind apart; no ring is there. */
  static final long HEADERS = 0x2000;

  static final long STATUSES = 0x4000;
  static final long DATA = 0x8_0000;

  /** What a status byte is before the device writes it. */
  static final int UNTOUCHED = 0xEE;

  /** A disk's failure, as the machine is told. */
  record Failure(BlockOperation operation, int errno, ErrorPolicy.Action action) {}

  final MemoryBackend backend;
  final List<Failure> failures = new ArrayList<>();
  final VirtioBlock model;
  final GuestDriver driver;
  DriverSide queue;

  BlockGuest(VirtioBlockConfig config, ErrorPolicy policy, MemoryBackend backend) {
    this(config, policy, backend, DriverSide.ram());
  }

  /** With RAM of the test's, as {@link DriverSide#ram} is. */
  BlockGuest(
      VirtioBlockConfig config, ErrorPolicy policy, MemoryBackend backend, GuestMemory memory) {
    this.backend = backend;
    model =
        new VirtioBlock(
            config,
            backend,
            policy,
            (operation, errno, action) -> failures.add(new Failure(operation, errno, action)));
    driver = new GuestDriver(model, memory);
    backend.memory(driver.memory);
    queue = driver.bringUp();
  }

  /** With the defaults, in front of that disk. */
  BlockGuest(MemoryBackend backend) {
    this(VirtioBlockConfig.DEFAULT, ErrorPolicy.DEFAULT, backend);
  }

  BlockGuest() {
    this(VirtioBlockConfig.DEFAULT, ErrorPolicy.DEFAULT, new MemoryBackend());
  }

  /** Resets the device and sets it up with other features. */
  void restart(long features) {
    driver.device.status(0);
    driver.negotiate(features);
    queue = driver.enable(0);
    driver.driverOk();
  }

  /** Writes a header into slot {@code slot}. */
  Piece header(int slot, int type, long sector) {
    ByteBuffer header = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(type).putInt(0).putLong(sector);
    driver.memory.write(HEADERS + 16L * slot, header.array());
    return Piece.readable(HEADERS + 16L * slot, 16);
  }

  /** An untouched status byte in slot {@code slot}. */
  Piece status(int slot) {
    driver.memory.write(STATUSES + slot, new byte[] {(byte) UNTOUCHED});
    return Piece.writable(STATUSES + slot, 1);
  }

  /** Makes a request available with header and status in slot {@code slot}. */
  int add(int slot, int type, long sector, Piece... data) {
    Piece[] all =
        Stream.of(
                Stream.of(header(slot, type, sector)), Arrays.stream(data), Stream.of(status(slot)))
            .flatMap(pieces -> pieces)
            .toArray(Piece[]::new);
    return queue.add(all);
  }

  /** Publishes, notifies and lets the device run. */
  void kick() {
    kick(0);
  }

  void kick(int index) {
    queue.publish();
    driver.device.notifyQueue(index);
    driver.runner.runUntilIdle();
  }

  /** One request from end to end; answers its status. */
  int run(int type, long sector, Piece... data) {
    add(0, type, sector, data);
    kick();
    Objects.requireNonNull(queue.take());
    return statusOf(0);
  }

  int statusOf(int slot) {
    return read(STATUSES + slot, 1)[0] & 0xFF;
  }

  @Nullable Used take() {
    return queue.take();
  }

  byte[] read(long gpa, int length) {
    byte[] bytes = new byte[length];
    driver.memory.read(gpa, bytes);
    return bytes;
  }

  /** Fills memory with a value. */
  void fill(long gpa, int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    driver.memory.write(gpa, bytes);
  }

  /** Writes ranges of three numbers each, sector, sectors and flags, at {@link #DATA}. */
  Piece ranges(long... numbers) {
    return Piece.readable(DATA, rangesAt(DATA, numbers).length);
  }

  /** Writes ranges anywhere; answers their bytes. */
  byte[] rangesAt(long gpa, long... numbers) {
    ByteBuffer ranges = ByteBuffer.allocate(16 * numbers.length / 3).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < numbers.length; i += 3) {
      ranges.putLong(numbers[i]).putInt((int) numbers[i + 1]).putInt((int) numbers[i + 2]);
    }
    driver.memory.write(gpa, ranges.array());
    return ranges.array();
  }
}
