package dev.jvmm.virtio.block;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.block.ErrorPolicy;
import dev.jvmm.core.trace.Origin;
import dev.jvmm.virtio.device.DeviceModel;
import dev.jvmm.virtio.device.VirtioDeviceContract;
import dev.jvmm.virtio.device.VirtioRecording;
import dev.jvmm.virtio.queue.DriverSide;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import dev.jvmm.virtio.queue.DriverSide.Used;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.Test;

/** Requests of an honest driver, in every layout. */
class VirtioBlockTest extends VirtioDeviceContract {

  @Override
  protected DeviceModel model() {
    return new VirtioBlock(
        VirtioBlockConfig.DEFAULT, new MemoryBackend(), ErrorPolicy.DEFAULT, (o, e, a) -> {});
  }

  @Override
  protected void request(DriverSide queue) {
    queue.add(Piece.readable(BlockGuest.HEADERS, 16), Piece.writable(BlockGuest.STATUSES, 1));
  }

  @Test
  void write_isRead() {
    BlockGuest guest = new BlockGuest();
    guest.fill(BlockGuest.DATA, 1024, 7);
    guest.add(0, RequestType.OUT, 3, Piece.readable(BlockGuest.DATA, 1024));
    guest.kick();
    assertThat(guest.take()).isEqualTo(new Used(0, 1));
    assertThat(guest.statusOf(0)).isZero();

    guest.add(1, RequestType.IN, 4, Piece.writable(BlockGuest.DATA + 0x1000, 512));
    guest.kick();

    assertThat(guest.take()).extracting("length").isEqualTo(513);
    assertThat(guest.statusOf(1)).isZero();
    assertThat(guest.read(BlockGuest.DATA + 0x1000, 512)).containsOnly(7);
    assertThat(Arrays.copyOfRange(guest.backend.bytes, 3 * 512, 5 * 512)).containsOnly(7);
    assertThat(guest.backend.bytes[3 * 512 - 1]).isZero();
    assertThat(guest.backend.bytes[5 * 512]).isZero();
  }

  @Test
  void pieces_mayBeCutAnywhere() {
    BlockGuest guest = new BlockGuest();
    Arrays.fill(guest.backend.bytes, (byte) 9);
    guest.header(0, RequestType.IN, 1);
    guest.queue.add(
        Piece.readable(BlockGuest.HEADERS, 1),
        Piece.readable(BlockGuest.HEADERS + 1, 10),
        Piece.readable(BlockGuest.HEADERS + 11, 5),
        Piece.writable(BlockGuest.DATA, 1),
        Piece.writable(BlockGuest.DATA + 1, 500),
        Piece.writable(BlockGuest.DATA + 501, 12)); // the status, too
    guest.kick();

    assertThat(guest.take()).isEqualTo(new Used(0, 513));
    assertThat(guest.read(BlockGuest.DATA, 512)).containsOnly(9);
    assertThat(guest.read(BlockGuest.DATA + 512, 1)).containsOnly(0);
  }

  @Test
  void headerAndData_mayShareADescriptor() {
    BlockGuest guest = new BlockGuest();
    guest.fill(BlockGuest.HEADERS, 16 + 512, 5);
    guest.header(0, RequestType.OUT, 2);
    guest.queue.add(Piece.readable(BlockGuest.HEADERS, 528), guest.status(0));
    guest.kick();

    assertThat(guest.take()).isEqualTo(new Used(0, 1));
    assertThat(guest.statusOf(0)).isZero();
    assertThat(Arrays.copyOfRange(guest.backend.bytes, 1024, 1536)).containsOnly(5);
  }

  @Test
  void id_isTheSerial() {
    BlockGuest guest =
        new BlockGuest(
            VirtioBlockConfig.DEFAULT.withSerial("disk-1"),
            ErrorPolicy.DEFAULT,
            new MemoryBackend());
    guest.fill(BlockGuest.DATA, 64, 0xFF);
    guest.add(0, RequestType.GET_ID, 0, Piece.writable(BlockGuest.DATA, 20));
    guest.kick();

    assertThat(guest.take()).isEqualTo(new Used(0, 21));
    assertThat(guest.statusOf(0)).isZero();
    byte[] expected = Arrays.copyOf("disk-1".getBytes(StandardCharsets.US_ASCII), 20);
    assertThat(guest.read(BlockGuest.DATA, 20)).isEqualTo(expected);
  }

  @Test
  void batch_isKickedOnceAndInterruptsOnce() {
    BlockGuest guest = new BlockGuest();
    for (int i = 0; i < 32; i++) {
      guest.add(i, RequestType.IN, i, Piece.writable(BlockGuest.DATA + 512L * i, 512));
    }
    guest.kick();

    assertThat(guest.backend.kicks).isEqualTo(1);
    assertThat(guest.driver.usedInterrupts).isEqualTo(1);
  }

  @Test
  void unknownType_isUnsupported() {
    BlockGuest guest = new BlockGuest();
    assertThat(guest.run(99, 0)).isEqualTo(RequestType.S_UNSUPP);
    assertThat(guest.run(0x8000_0000, 0)).isEqualTo(RequestType.S_UNSUPP);
    assertThat(guest.backend.log).isEmpty();
  }

  @Test
  void recording_tellsOfRequestsAndRuns() throws IOException {
    BlockGuest guest = new BlockGuest();
    guest.driver.device.origin(new Origin("vm", "disk0"));
    guest.restart(guest.driver.offered());

    List<RecordedEvent> requests =
        VirtioRecording.of(
            "dev.jvmm.BlockRequest",
            () -> {
              guest.run(RequestType.OUT, 3, Piece.readable(BlockGuest.DATA, 1024));
              guest.run(RequestType.IN, 1 << 30, Piece.writable(BlockGuest.DATA, 512));
            });
    List<RecordedEvent> runs =
        VirtioRecording.of("dev.jvmm.QueueRun", () -> guest.run(RequestType.FLUSH, 0));

    assertThat(requests).hasSize(1); // the other never reaches the disk
    RecordedEvent request = requests.getFirst();
    assertThat(request.getString("machine")).isEqualTo("vm");
    assertThat(request.getString("device")).isEqualTo("disk0");
    assertThat(request.getString("operation")).isEqualTo("WRITE");
    assertThat(request.getLong("offset")).isEqualTo(3 * 512);
    assertThat(request.getLong("length")).isEqualTo(1024);
    assertThat(request.getInt("status")).isZero();
    assertThat(runs).isNotEmpty();
    assertThat(runs.getFirst().getString("device")).isEqualTo("disk0");
    assertThat(runs.getFirst().getInt("queue")).isZero();
  }
}
