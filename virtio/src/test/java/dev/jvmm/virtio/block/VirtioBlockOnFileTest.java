package dev.jvmm.virtio.block;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.block.AioMode;
import dev.jvmm.block.BlockBackend;
import dev.jvmm.block.BlockHost;
import dev.jvmm.block.CacheMode;
import dev.jvmm.block.ErrorPolicy;
import dev.jvmm.block.RawImage;
import dev.jvmm.block.RawImageConfig;
import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.event.LoopRunner;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.virtio.device.DeviceStatus;
import dev.jvmm.virtio.device.Features;
import dev.jvmm.virtio.device.Interrupts;
import dev.jvmm.virtio.device.QueueArea;
import dev.jvmm.virtio.device.VirtioDevice;
import dev.jvmm.virtio.queue.DriverSide;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import dev.jvmm.virtio.queue.QueueRings;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole way: a driver's thread, the event loop, an engine, a file. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class VirtioBlockOnFileTest implements Interrupts {

  private static final int SECTORS = 1024;
  private static final int DEPTH = 32;
  private static final long HEADERS = 0x2000;
  private static final long STATUSES = 0x4000;
  private static final long DATA = 0x8_0000;

  private final EventLoop loop = new EventLoop("test-io");
  private final BlockHost host = new BlockHost(sentence -> {});
  private final GuestMemory memory = DriverSide.ram();
  private DriverSide queue = new DriverSide(memory, 0x1_0000, 256, true);
  private final Semaphore interrupts = new Semaphore(0);
  private final byte[] model = new byte[512 * SECTORS];
  @TempDir Path folder;

  @Override
  public void queueUsed(int index) {
    interrupts.release();
  }

  @Override
  public void configChanged() {}

  @Override
  public void reset() {}

  @AfterEach
  void close() {
    host.close();
    loop.close();
  }

  @ParameterizedTest
  @EnumSource(AioMode.class)
  void randomWritesAndReads_reachTheFile(AioMode aio) throws Exception {
    Path file = folder.resolve("disk.img");
    Files.write(file, model);
    try (BlockBackend disk =
        RawImage.open(
            RawImageConfig.of(file.toString()).withAio(aio).withCache(CacheMode.NONE),
            host,
            loop)) {
      VirtioDevice device = bringUp(disk);
      Random random = new Random(7);
      for (int round = 0; round < 100; round++) {
        writeAndRead(device, random);
      }
      device.reset();
    }
    assertThat(Files.readAllBytes(file)).isEqualTo(model);
  }

  /** The disk is asked for a batch, and the driver is gone before it answers. */
  @ParameterizedTest
  @EnumSource(AioMode.class)
  void resetInMidFlight_leavesNothingUnderWay(AioMode aio) throws Exception {
    Path file = folder.resolve("disk.img");
    Files.write(file, model);
    try (BlockBackend disk =
        RawImage.open(RawImageConfig.of(file.toString()).withAio(aio), host, loop)) {
      VirtioDevice device = bringUp(disk);
      for (int round = 0; round < 50; round++) {
        for (int i = 0; i < DEPTH; i++) {
          add(i, RequestType.IN, 8L * i, true);
        }
        queue.publish();
        device.notifyQueue(0);
        device.reset();
        int[] underWay = {-1};
        loop.invoke(() -> underWay[0] = disk.inFlight());
        assertThat(underWay[0]).isZero();
        queue = new DriverSide(memory, 0x1_0000, 256, true);
        setUp(device);
      }
    }
  }

  private VirtioDevice bringUp(BlockBackend disk) {
    VirtioBlock model =
        new VirtioBlock(VirtioBlockConfig.DEFAULT, disk, ErrorPolicy.DEFAULT, (o, e, a) -> {});
    VirtioDevice device =
        new VirtioDevice(model, Features.USUAL, memory, new LoopRunner(loop), this);
    setUp(device);
    return device;
  }

  private void setUp(VirtioDevice device) {
    device.status(DeviceStatus.ACKNOWLEDGE);
    device.status(DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER);
    device.driverFeatures(0, device.offeredFeatures(0));
    device.driverFeatures(1, device.offeredFeatures(1));
    device.status(device.status() | DeviceStatus.FEATURES_OK);
    QueueRings.Addresses rings = queue.addresses();
    device.queueSize(0, rings.size());
    device.queueAddress(0, QueueArea.DESCRIPTOR, false, (int) rings.descriptors());
    device.queueAddress(0, QueueArea.DRIVER, false, (int) rings.avail());
    device.queueAddress(0, QueueArea.DEVICE, false, (int) rings.used());
    device.enableQueue(0);
    device.status(device.status() | DeviceStatus.DRIVER_OK);
  }

  /** A batch of writes to places of its own, then the same places read back. */
  private void writeAndRead(VirtioDevice device, Random random) throws Exception {
    int first = random.nextInt(SECTORS - 8 * DEPTH);
    byte[] data = new byte[512 * 8 * DEPTH];
    random.nextBytes(data);
    memory.write(DATA, data);
    System.arraycopy(data, 0, model, 512 * first, data.length);
    for (int i = 0; i < DEPTH; i++) {
      add(i, RequestType.OUT, first + 8 * i, false);
    }
    run(device);
    memory.write(DATA, new byte[data.length]);
    for (int i = 0; i < DEPTH; i++) {
      add(i, RequestType.IN, first + 8 * i, true);
    }
    run(device);

    byte[] read = new byte[data.length];
    memory.read(DATA, read);
    assertThat(Arrays.equals(read, data)).isTrue();
  }

  private void add(int slot, int type, long sector, boolean writable) {
    ByteBuffer header = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    memory.write(HEADERS + 16L * slot, header.putInt(0, type).putLong(8, sector).array());
    memory.write(STATUSES + slot, new byte[] {(byte) 0xEE});
    queue.add(
        Piece.readable(HEADERS + 16L * slot, 16),
        new Piece(DATA + 4096L * slot, 4096, writable),
        Piece.writable(STATUSES + slot, 1));
  }

  private void run(VirtioDevice device) throws Exception {
    if (queue.publish()) {
      device.notifyQueue(0);
    }
    for (int left = DEPTH; left > 0; ) {
      while (queue.take() != null) {
        left--;
      }
      if (left > 0 && !queue.allowInterrupts()) {
        assertThat(interrupts.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
      }
    }
    byte[] statuses = new byte[DEPTH];
    memory.read(STATUSES, statuses);
    assertThat(statuses).containsOnly(0);
  }
}
