package dev.jvmm.core.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.trace.Recordings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class VirtualMachineTest {

  private static final VirtualMachine.Policy PLAIN = new VirtualMachine.Policy(false, false, false);

  /** A machine of nothing, which notes what its control does to it. */
  private static final class FakeMachinery implements Machinery {
    final List<String> calls = new CopyOnWriteArrayList<>();
    @Nullable RuntimeException resetFailure;
    @Nullable Balloon balloon;

    @Override
    public void start(boolean paused) {
      calls.add(paused ? "start paused" : "start");
    }

    @Override
    public void pause() {
      calls.add("pause");
    }

    @Override
    public void resume() {
      calls.add("resume");
    }

    @Override
    public void reset() {
      calls.add("reset");
      if (resetFailure != null) {
        throw resetFailure;
      }
    }

    @Override
    public void powerdown() {
      calls.add("powerdown");
    }

    @Override
    public List<String> warnings() {
      return List.of("a warning");
    }

    @Override
    public GuestMemory memory() {
      return new GuestMemory(List.of());
    }

    @Override
    public @Nullable GuestStream console() {
      return null;
    }

    @Override
    public @Nullable GuestStream port(String portName) {
      return null;
    }

    @Override
    public @Nullable GuestStream stream(String id) {
      return null;
    }

    @Override
    public int cpus() {
      return 2;
    }

    @Override
    public VcpuRegisters registers(int cpu) {
      return new VcpuRegisters(cpu, java.util.Map.of("rip", 0xFFF0L), "RIP=fff0");
    }

    @Override
    public boolean onOwnThread() {
      return Thread.currentThread().getName().startsWith("vcpu");
    }

    @Override
    public boolean link(String name, boolean up) {
      return false;
    }

    @Override
    public @Nullable Balloon balloon() {
      return balloon;
    }

    @Override
    public void close() {
      calls.add("close");
    }
  }

  private final FakeMachinery machinery = new FakeMachinery();
  private @Nullable GuestRequests guest;
  private VirtualMachine vm = machine(PLAIN);

  @AfterEach
  void close() {
    vm.close();
  }

  private VirtualMachine machine(VirtualMachine.Policy policy) {
    return new VirtualMachine(
        "test",
        policy,
        requests -> {
          guest = requests;
          return machinery;
        });
  }

  private GuestRequests guest() {
    return java.util.Objects.requireNonNull(guest);
  }

  @Test
  void life_goesThroughItsStates() {
    assertThat(vm.state()).isEqualTo(RunState.PRELAUNCH);
    vm.start();
    assertThat(vm.state()).isEqualTo(RunState.RUNNING);
    vm.pause();
    vm.pause();
    assertThat(vm.state()).isEqualTo(RunState.PAUSED);
    vm.resume();
    vm.resume();
    vm.close();
    vm.close();

    assertThat(vm.state()).isEqualTo(RunState.CLOSED);
    assertThat(machinery.calls).containsExactly("start", "pause", "resume", "close");
  }

  @Test
  void recording_tellsOfTheLife(@TempDir Path folder) throws IOException {
    Recordings.follow();
    Path file = folder.resolve("life.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("dev.jvmm.StateChange");
      recording.enable("dev.jvmm.Operation");
      recording.start();
      vm = machine(PLAIN);
      vm.start();
      vm.reset();
      vm.close();
      recording.stop();
      recording.dump(file);
    }

    List<RecordedEvent> events = RecordingFile.readAllEvents(file);
    assertThat(events).allMatch(event -> event.getString("machine").equals("test"));
    assertThat(events.stream().filter(event -> event.hasField("to")))
        .extracting(event -> event.getString("to"))
        .containsExactly("RUNNING", "PAUSED", "RUNNING", "CLOSED");
    assertThat(events.stream().filter(event -> event.hasField("operation")))
        .extracting(event -> event.getString("operation"))
        .containsExactly("build", "start", "reset");
  }

  @Test
  void callsAtTheWrongTime_areRefused() {
    assertThatThrownBy(vm::pause).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(vm::resume).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(vm::reset).isInstanceOf(IllegalStateException.class);
    vm.start();
    assertThatThrownBy(vm::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("test: start in state RUNNING");
    vm.close();
    assertThatThrownBy(vm::powerdown).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void ioError_thatStops_pausesUntilResumed() throws Exception {
    LinkedBlockingQueue<VmEvent> events = new LinkedBlockingQueue<>();
    VmEvent.IoError full = new VmEvent.IoError("disk", false, "ENOSPC", true);
    vm.start();
    vm.onEvent(events::add);
    guest().ioError(full);
    assertThat(events.take()).isEqualTo(full);
    assertThat(events.take()).isEqualTo(new VmEvent.Paused());
    assertThat(vm.state()).isEqualTo(RunState.PAUSED);

    vm.resume();
    assertThat(events.take()).isEqualTo(new VmEvent.Resumed());
    guest().ioError(full);
    assertThat(events.take()).isEqualTo(full);
    assertThat(events.take()).isEqualTo(new VmEvent.Paused());
    assertThat(machinery.calls).containsExactly("start", "pause", "resume", "pause");
  }

  @Test
  void ioError_thatGoesToTheGuest_isToldAlone() throws Exception {
    LinkedBlockingQueue<VmEvent> events = new LinkedBlockingQueue<>();
    VmEvent.IoError error = new VmEvent.IoError("disk", true, "EIO", false);
    vm.start();
    vm.onEvent(events::add);
    guest().ioError(error);
    assertThat(events.take()).isEqualTo(error);
    vm.powerdown();
    assertThat(events.take()).isEqualTo(new VmEvent.Powerdown());
    assertThat(vm.state()).isEqualTo(RunState.RUNNING);
  }

  @Test
  void ioErrors_whileOneWaits_doNotPileUp() throws Exception {
    LinkedBlockingQueue<VmEvent> events = new LinkedBlockingQueue<>();
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch free = new CountDownLatch(1);
    vm.start();
    vm.onEvent(
        event -> {
          held.countDown();
          try {
            free.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          events.add(event);
        });
    guest().ioError(new VmEvent.IoError("disk", true, "EIO", false));
    held.await(); // it is being told, so the next one is new
    for (int i = 0; i < 100; i++) {
      guest().ioError(new VmEvent.IoError("disk", true, "EIO" + i, false));
    }
    vm.powerdown();
    free.countDown();
    assertThat(events.take()).isEqualTo(new VmEvent.IoError("disk", true, "EIO", false));
    assertThat(events.take()).isEqualTo(new VmEvent.Powerdown());
    assertThat(events.take()).isEqualTo(new VmEvent.IoError("disk", true, "EIO0", false));
    vm.powerdown();
    assertThat(events.take()).isEqualTo(new VmEvent.Powerdown());
  }

  @Test
  void startPaused_waitsForResume() {
    vm = machine(new VirtualMachine.Policy(true, false, false));
    vm.start();
    assertThat(vm.state()).isEqualTo(RunState.PAUSED);
    vm.resume();
    assertThat(machinery.calls).containsExactly("start paused", "resume");
  }

  @Test
  void guestPowerOff_endsTheMachine() throws Exception {
    vm.start();
    guest().powerOff();

    assertThat(vm.await()).isEqualTo(ExitStatus.of(ExitStatus.Reason.GUEST_SHUTDOWN, 0));
    assertThat(vm.state()).isEqualTo(RunState.SHUTDOWN);
    assertThat(machinery.calls).containsExactly("start", "pause");
  }

  @Test
  void guestPowerOff_withNoShutdownKeepsTheMachineUntilAReset() throws Exception {
    vm = machine(new VirtualMachine.Policy(false, false, true));
    LinkedBlockingQueue<VmEvent> events = new LinkedBlockingQueue<>();
    vm.start();
    vm.onEvent(events::add);
    guest().powerOff();

    assertThat(events.take()).isInstanceOf(VmEvent.Shutdown.class);
    assertThat(vm.await(Duration.ofMillis(1))).isNull();
    assertThatThrownBy(vm::resume).isInstanceOf(IllegalStateException.class);
    vm.reset();
    assertThat(vm.state()).isEqualTo(RunState.PAUSED);
    vm.resume();
    assertThat(vm.state()).isEqualTo(RunState.RUNNING);
  }

  @Test
  void guestReset_bootsAnewAndRunsOn() throws Exception {
    LinkedBlockingQueue<VmEvent> events = new LinkedBlockingQueue<>();
    vm.start();
    vm.onEvent(events::add);
    guest().reset();

    assertThat(events.take()).isEqualTo(new VmEvent.Reset(true));
    assertThat(vm.state()).isEqualTo(RunState.RUNNING);
    assertThat(machinery.calls).containsExactly("start", "pause", "reset", "resume");
  }

  @Test
  void guestReset_withNoRebootEndsTheMachine() throws Exception {
    vm = machine(new VirtualMachine.Policy(false, true, false));
    vm.start();
    guest().reset();

    assertThat(vm.await().reason()).isEqualTo(ExitStatus.Reason.GUEST_RESET);
  }

  @Test
  void resetThatFails_endsTheMachineWithItsReason() throws Exception {
    machinery.resetFailure = new ConfigException("kernel", "/boot/vmlinuz: has gone");
    vm.start();
    guest().reset();

    ExitStatus status = vm.await();
    assertThat(status.reason()).isEqualTo(ExitStatus.Reason.INTERNAL_ERROR);
    assertThat(status.code()).isEqualTo(1);
    assertThat(status.detail()).isEqualTo("kernel /boot/vmlinuz: has gone");
  }

  @Test
  void firstRequest_counts() throws Exception {
    vm.start();
    guest().exit(33);
    guest().powerOff();

    assertThat(vm.await()).isEqualTo(ExitStatus.of(ExitStatus.Reason.DEBUG_EXIT, 33));
  }

  @Test
  void failure_carriesItsDump() throws Exception {
    vm.start();
    guest().failed("RIP 0x1000");

    assertThat(vm.await())
        .isEqualTo(new ExitStatus(ExitStatus.Reason.INTERNAL_ERROR, 1, "RIP 0x1000"));
    assertThat(vm.state()).isEqualTo(RunState.INTERNAL_ERROR);
    assertThatThrownBy(vm::resume).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void close_wakesWhoWaits() throws Exception {
    vm.start();
    CountDownLatch waiting = new CountDownLatch(1);
    LinkedBlockingQueue<ExitStatus> got = new LinkedBlockingQueue<>();
    Thread waiter =
        Thread.ofPlatform()
            .start(
                () -> {
                  waiting.countDown();
                  try {
                    got.add(vm.await());
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    waiting.await();
    vm.close();
    waiter.join();

    assertThat(got.take().reason()).isEqualTo(ExitStatus.Reason.HOST_QUIT);
  }

  @Test
  void close_fromTwoThreadsGivesBackOnce() throws Exception {
    vm.start();
    Thread other = Thread.ofPlatform().start(vm::close);
    vm.close();
    other.join();

    assertThat(machinery.calls).containsOnlyOnce("close");
  }

  @Test
  void close_leavesNoThread() throws Exception {
    vm.onEvent(event -> {});
    vm.start();
    guest().powerOff();
    vm.await();
    vm.close();

    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().equals("test-control") && thread.isAlive());
  }

  @Test
  void quit_endsWithoutAGuest() throws Exception {
    vm.start();
    vm.quit();
    assertThat(vm.await().reason()).isEqualTo(ExitStatus.Reason.HOST_QUIT);
    assertThat(machinery.calls).containsExactly("start", "pause");
  }

  @Test
  void balloon_isAskedWhereThereIsOne() {
    assertThatThrownBy(() -> vm.balloon(5))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("add -device virtio-balloon-pci");

    NotedBalloon balloon = new NotedBalloon();
    machinery.balloon = balloon;
    vm.balloon(5);
    assertThat(balloon.target).isEqualTo(5);
    assertThat(vm.balloon()).isEqualTo(balloon);
  }

  private static final class NotedBalloon implements Balloon {
    long target;

    @Override
    public void target(long bytes) {
      target = bytes;
    }

    @Override
    public long actualBytes() {
      return target;
    }

    @Override
    public BalloonStatistics statistics() {
      return BalloonStatistics.NONE;
    }

    @Override
    public void pollingInterval(int seconds) {}
  }

  /** A pool counts its thread as gone a moment before it is. */
  @Test
  void closeManyTimes_leavesNoThread() {
    for (int i = 0; i < 500; i++) {
      try (VirtualMachine brief =
          new VirtualMachine("short-lived", PLAIN, requests -> new FakeMachinery())) {
        brief.onEvent(event -> {});
        brief.start();
      }
      assertThat(Thread.getAllStackTraces().keySet())
          .noneMatch(thread -> thread.getName().startsWith("short-lived"));
    }
  }

  @Test
  void close_onTheControlThread_returns() throws Exception {
    VirtualMachine own = new VirtualMachine("own", PLAIN, requests -> new FakeMachinery());
    CountDownLatch closed = new CountDownLatch(1);
    own.onEvent(
        event -> {
          own.close();
          closed.countDown();
        });

    own.start();

    assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
  }
}
