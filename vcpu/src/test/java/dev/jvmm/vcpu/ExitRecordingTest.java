package dev.jvmm.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.bus.Bus;
import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.core.bus.Locked;
import dev.jvmm.core.trace.Recordings;
import dev.jvmm.core.vm.GuestRequests;
import dev.jvmm.core.vm.VmEvent;
import dev.jvmm.kvm.ExitReason;
import dev.jvmm.kvm.KvmRun;
import dev.jvmm.kvm.uapi.kvm_run;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a flight recording tells of exits. */
class ExitRecordingTest {

  private static final long EXIT = 32; // the union of the exits' fields
  private static final Duration SLOW = Duration.ofMillis(3);

  private final MemorySegment memory = Arena.ofAuto().allocate(kvm_run.sizeof() + 4096, 8);
  private final Bus pio = new Bus("port");
  private final Bus mmio = new Bus("memory");
  private final ExitDispatcher dispatcher =
      new ExitDispatcher(
          new KvmRun(memory),
          (what, cause) -> what,
          new VcpuSet.Sinks("test", pio, mmio, new NoRequests()),
          () -> {});

  @TempDir private Path folder;

  private static final class NoRequests implements GuestRequests {
    @Override
    public void powerOff() {}

    @Override
    public void reset() {}

    @Override
    public void exit(int code) {}

    @Override
    public void quit() {}

    @Override
    public void ioError(VmEvent.IoError error) {}

    @Override
    public void failed(String dump) {}
  }

  /** Takes its time. */
  private static final class SlowDevice implements BusDevice {
    @Override
    public long read(long offset, int size) {
      long end = System.nanoTime() + SLOW.toNanos();
      while (System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      return 0;
    }

    @Override
    public void write(long offset, int size, long value) {}
  }

  private List<RecordedEvent> record(Runnable what) throws IOException {
    Recordings.follow();
    Path file = folder.resolve("exits.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("dev.jvmm.Exit");
      recording.start();
      what.run();
      recording.stop();
      recording.dump(file);
    }
    return RecordingFile.readAllEvents(file);
  }

  /** As KVM leaves an access to a port (KVM API 5, KVM_EXIT_IO). */
  private void in(int port) {
    memory.set(ValueLayout.JAVA_INT, 8, ExitReason.IO);
    memory.set(ValueLayout.JAVA_BYTE, EXIT, (byte) KvmRun.IO_IN);
    memory.set(ValueLayout.JAVA_BYTE, EXIT + 1, (byte) 1);
    memory.set(ValueLayout.JAVA_SHORT, EXIT + 2, (short) port);
    memory.set(ValueLayout.JAVA_INT, EXIT + 4, 1);
    memory.set(ValueLayout.JAVA_LONG, EXIT + 8, kvm_run.sizeof());
    dispatcher.dispatch();
  }

  @Test
  void access_isToldWithItsDeviceAndTime() throws IOException {
    pio.map(0x3F8, 8, new Locked(new SlowDevice()));

    List<RecordedEvent> events = record(() -> in(0x3FD));

    assertThat(events).hasSize(1);
    RecordedEvent event = events.getFirst();
    assertThat(event.getString("machine")).isEqualTo("test");
    assertThat(event.getString("reason")).isEqualTo("port");
    assertThat(event.getString("device")).isEqualTo("SlowDevice");
    assertThat(event.getLong("address")).isEqualTo(0x3FD);
    assertThat(event.getInt("size")).isEqualTo(1);
    assertThat(event.getBoolean("write")).isFalse();
    assertThat(event.getDuration()).isBetween(SLOW, Duration.ofMinutes(1));
  }

  @Test
  void accessToNothing_isToldWithoutADevice() throws IOException {
    List<RecordedEvent> events = record(() -> in(0x80));
    assertThat(events).extracting(event -> event.getString("device")).containsExactly("");
  }

  @Test
  void otherReason_isToldByItsName() throws IOException {
    List<RecordedEvent> events =
        record(
            () -> {
              memory.set(ValueLayout.JAVA_INT, 8, ExitReason.HLT);
              dispatcher.dispatch();
            });
    assertThat(events).extracting(event -> event.getString("reason")).containsExactly("HLT");
  }

  @Test
  void exits_areCountedByReasonWithoutARecording() {
    in(0x80);
    in(0x80);
    memory.set(ValueLayout.JAVA_INT, 8, ExitReason.HLT);
    dispatcher.dispatch();
    memory.set(ValueLayout.JAVA_INT, 8, -1); // no reason that there could be
    dispatcher.dispatch();

    assertThat(dispatcher.exits(ExitReason.IO)).isEqualTo(2);
    assertThat(dispatcher.exits(ExitReason.HLT)).isEqualTo(1);
    assertThat(dispatcher.exits(ExitDispatcher.LAST_REASON)).isEqualTo(1);
    assertThat(dispatcher.exits()).isEqualTo(4);
  }

  @Test
  void endOfTheRecording_endsTheLook() throws IOException {
    record(() -> {});
    assertThat(Recordings.on()).isFalse();
    assertThat(record(() -> assertThat(Recordings.on()).isTrue())).isEmpty();
  }
}
