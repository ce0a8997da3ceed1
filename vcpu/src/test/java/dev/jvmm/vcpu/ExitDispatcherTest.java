package dev.jvmm.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.bus.Bus;
import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.core.vm.GuestRequests;
import dev.jvmm.core.vm.VmEvent;
import dev.jvmm.kvm.ExitReason;
import dev.jvmm.kvm.KvmRun;
import dev.jvmm.kvm.uapi.kvm_run;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every exit reason, as KVM would have left it in {@code kvm_run}. */
class ExitDispatcherTest {

  private static final long EXIT = 32; // the union of the exits' fields

  private final List<String> log = new ArrayList<>();
  private final MemorySegment memory = Arena.ofAuto().allocate(kvm_run.sizeof() + 4096, 8);
  private final Bus pio = new Bus("port");
  private final Bus mmio = new Bus("memory");
  private final ExitDispatcher dispatcher =
      new ExitDispatcher(
          new KvmRun(memory),
          (what, cause) -> what,
          new VcpuSet.Sinks("test", pio, mmio, new Requests()),
          () -> log.add("hold"));

  private final class Requests implements GuestRequests {
    @Override
    public void powerOff() {
      log.add("power-off");
    }

    @Override
    public void reset() {
      log.add("reset");
    }

    @Override
    public void exit(int code) {
      log.add("exit " + code);
    }

    @Override
    public void quit() {
      log.add("quit");
    }

    @Override
    public void ioError(VmEvent.IoError error) {}

    @Override
    public void failed(String dump) {
      log.add(dump);
    }
  }

  private final class Recorder implements BusDevice {
    @Override
    public long read(long offset, int size) {
      log.add("read %d/%d".formatted(offset, size));
      return 0x1122_3344_5566_7788L;
    }

    @Override
    public void write(long offset, int size, long value) {
      log.add("write %d/%d=%x".formatted(offset, size, value));
    }
  }

  private void exit(int reason) {
    memory.set(ValueLayout.JAVA_INT, 8, reason);
    dispatcher.dispatch();
  }

  @Test
  void shutdown_asksForAResetAndHolds() {
    exit(ExitReason.SHUTDOWN);
    assertThat(log).containsExactly("reset", "hold");
  }

  @Test
  void halt_holdsSinceNothingCouldWakeIt() {
    exit(ExitReason.HLT);
    assertThat(log).containsExactly("hold");
  }

  @ParameterizedTest
  @CsvSource({"1, power-off", "2, reset", "3, the guest says that it has crashed"})
  void systemEvent_isCarriedOn(int type, String expected) {
    memory.set(ValueLayout.JAVA_INT, EXIT, type);
    exit(ExitReason.SYSTEM_EVENT);
    assertThat(log).startsWith(expected).endsWith("hold");
  }

  @Test
  void systemEventThatWeDoNotKnow_fails() {
    memory.set(ValueLayout.JAVA_INT, EXIT, 77);
    exit(ExitReason.SYSTEM_EVENT);
    assertThat(log.getFirst()).isEqualTo("system event 77, which we don't know");
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        ExitReason.INTR,
        ExitReason.IRQ_WINDOW_OPEN,
        ExitReason.IOAPIC_EOI,
        ExitReason.SET_TPR
      })
  void reasonsWithoutWork_letTheGuestGoOn(int reason) {
    exit(reason);
    assertThat(log).isEmpty();
  }

  @Test
  void failedEntry_saysWhyAndWhere() {
    memory.set(ValueLayout.JAVA_LONG, EXIT, 0x8000_0021L);
    memory.set(ValueLayout.JAVA_INT, EXIT + 8, 3);
    exit(ExitReason.FAIL_ENTRY);
    assertThat(log)
        .containsExactly(
            "the CPU refused to enter the guest: hardware reason 0x80000021 on CPU 3", "hold");
  }

  @ParameterizedTest
  @CsvSource({
    "1, an instruction that it can't emulate",
    "2, two exceptions at once that it can't merge",
    "3, an exit while an event was being delivered",
    "4, an exit of the CPU that it doesn't know",
    "9, a kind that we don't know"
  })
  void internalError_saysWhichSuberror(int suberror, String words) {
    memory.set(ValueLayout.JAVA_INT, EXIT, suberror);
    exit(ExitReason.INTERNAL_ERROR);
    assertThat(log.getFirst()).startsWith("KVM internal error " + suberror + ": " + words);
    assertThat(log.getLast()).isEqualTo("hold");
  }

  @Test
  void debugAndUnknownReasons_fail() {
    exit(ExitReason.DEBUG);
    exit(99);
    assertThat(log)
        .containsExactly(
            "a debug exit that nobody asked for",
            "hold",
            "exit reason 99, which we don't know",
            "hold");
  }

  @Test
  void stringInput_fillsEachElement() {
    pio.map(0x60, 4, new Recorder());
    memory.set(ValueLayout.JAVA_BYTE, EXIT, (byte) KvmRun.IO_IN);
    memory.set(ValueLayout.JAVA_BYTE, EXIT + 1, (byte) 2);
    memory.set(ValueLayout.JAVA_SHORT, EXIT + 2, (short) 0x60);
    memory.set(ValueLayout.JAVA_INT, EXIT + 4, 2);
    memory.set(ValueLayout.JAVA_LONG, EXIT + 8, 4096);
    exit(ExitReason.IO);
    assertThat(log).containsExactly("read 0/2", "read 0/2");
    assertThat(memory.get(ValueLayout.JAVA_INT, 4096)).isEqualTo(0x7788_7788);
  }

  @Test
  void mmio_reachesItsDeviceWithItsValue() {
    mmio.map(0xD000_0000L, 8, new Recorder());
    memory.set(ValueLayout.JAVA_LONG, EXIT, 0xD000_0004L);
    memory.set(ValueLayout.JAVA_LONG, EXIT + 8, 0x0102_0304L);
    memory.set(ValueLayout.JAVA_INT, EXIT + 16, 4);
    memory.set(ValueLayout.JAVA_BYTE, EXIT + 20, (byte) 1);
    exit(ExitReason.MMIO);
    assertThat(log).containsExactly("write 4/4=1020304");
    assertThat(dispatcher.exits()).isEqualTo(1);
  }
}
