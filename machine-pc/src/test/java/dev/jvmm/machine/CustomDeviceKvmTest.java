package dev.jvmm.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.core.state.Resettable;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.core.vm.ExitStatus;
import dev.jvmm.core.vm.RunState;
import dev.jvmm.core.vm.VirtualMachine;
import dev.jvmm.machine.pci.Bar;
import dev.jvmm.machine.pci.PciIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Devices of an embedder's own on a machine's buses. */
@Tag("kvm")
@Timeout(60)
class CustomDeviceKvmTest {

  private static final String SPIN = "ebfe";
  private static final String EXIT = "66ba0105 b010 ee" + SPIN; // out 0x501, 16
  private static final int RESULTS = 0x30_0000;
  private static final PciIdentity IDENTITY = new PciIdentity(0x1234, 0x5678, 1, 0xFF_0000, 0, 0);

  /** Reads port 0x700, address 0xFED80000, and what is in slot 2 with its BAR at 0xE0000000. */
  private static final String READ_ALL =
      """
      66ba0007 ed a300003000                        // in eax, 0x700
      a10000d8fe a304003000                         // mov eax, [0xfed80000]
      b800100080 66baf80c ef 66bafc0c ed a308003000 // its vendor and device
      b810100080 66baf80c ef b8000000e0 66bafc0c ef // BAR 0
      b804100080 66baf80c ef b802000000 66bafc0c ef // it decodes
      a1040000e0 a30c003000                         // mov eax, [0xe0000004]
      b8efbeadde a3080000e0                         // mov [0xe0000008], 0xdeadbeef
      """
          + EXIT;

  @TempDir private Path folder;

  /** Answers with a number and the offset, and remembers what was written last. */
  private static final class Answering implements BusDevice, Resettable {
    private final int number;
    private volatile long written;
    private final AtomicInteger resets = new AtomicInteger();

    Answering(int number) {
      this.number = number;
    }

    @Override
    public long read(long offset, int size) {
      return number + offset;
    }

    @Override
    public void write(long offset, int size, long value) {
      written = value + offset;
    }

    @Override
    public void reset() {
      resets.incrementAndGet();
    }
  }

  @BeforeAll
  static void kvmOpens() {
    Path kvm = Path.of("/dev/kvm");
    assumeTrue(Files.isReadable(kvm) && Files.isWritable(kvm), "/dev/kvm can't be opened");
  }

  private MachineBuilder pc(String code) throws IOException {
    return Machine.pc()
        .memory(4 << 20)
        .kernel(TinyKernel.write(folder, code))
        .serial("null")
        .device("isa-debug-exit");
  }

  @Test
  void portMemoryAndPci_areReadByTheGuest() throws Exception {
    Answering bar = new Answering(0x3000);
    List<String> closed = new ArrayList<>();
    VirtualMachine vm =
        pc(READ_ALL)
            .device(
                "all",
                slots -> {
                  slots.ports(0x700, 4, new Answering(0x1000));
                  slots.memory(0xFED8_0000L, 0x1000, new Answering(0x2000));
                  slots.pci(IDENTITY).bar(Bar.memory32(0, 0x1000, bar)).build();
                  slots.onClose(() -> closed.add("all"));
                  assertThat(slots.ram().sizeBytes()).isEqualTo(4 << 20);
                })
            .build();
    try (vm) {
      vm.start();
      assertThat(vm.await()).isEqualTo(ExitStatus.of(ExitStatus.Reason.DEBUG_EXIT, 33));
      ByteBuffer results = ByteBuffer.wrap(vm.read(RESULTS, 16)).order(ByteOrder.LITTLE_ENDIAN);
      assertThat(List.of(results.getInt(), results.getInt(), results.getInt(), results.getInt()))
          .containsExactly(0x1000, 0x2000, 0x5678_1234, 0x3004);
      assertThat(bar.written).isEqualTo(0xDEAD_BEEFL + 8);
      assertThat(closed).isEmpty();
    }
    assertThat(closed).containsExactly("all");
  }

  @Test
  void device_isResetWithTheMachine() throws Exception {
    Answering port = new Answering(1);
    Answering other = new Answering(2);
    try (VirtualMachine vm =
        pc(SPIN)
            .device(
                "both",
                slots -> {
                  slots.ports(0x700, 1, port);
                  slots.resets(other);
                })
            .start()) {
      vm.reset();
      assertThat(port.resets).hasValue(1);
      assertThat(other.resets).hasValue(1);
    }
  }

  @Test
  void interruptAndRequests_reachTheMachine() throws Exception {
    CompletableFuture<DeviceSlots> slots = new CompletableFuture<>();
    try (VirtualMachine vm = pc(SPIN).device("d", slots::complete).start()) {
      slots.get().irq(5).pulse();
      assertThat(slots.get().clock().nanos()).isPositive();
      slots.get().requests().exit(3);
      assertThat(vm.await().code()).isEqualTo(3);
    }
  }

  /** Another machine of the same JVM runs on. */
  @Test
  void deviceThatThrows_endsItsMachineAlone() throws Exception {
    BusDevice broken =
        new BusDevice() {
          @Override
          public long read(long offset, int size) {
            throw new IllegalStateException("a defect of mine");
          }

          @Override
          public void write(long offset, int size, long value) {}
        };
    try (VirtualMachine other = pc(SPIN).start();
        VirtualMachine vm =
            pc(READ_ALL).device("broken", slots -> slots.ports(0x700, 4, broken)).start()) {
      ExitStatus status = vm.await();
      assertThat(status.reason()).isEqualTo(ExitStatus.Reason.INTERNAL_ERROR);
      assertThat(status.detail()).contains("a defect of mine", "RIP=");
      assertThat(vm.registers(0).text()).contains("RIP=");
      assertThat(other.state()).isEqualTo(RunState.RUNNING);
      assertThat(other.await(Duration.ofMillis(1))).isNull();
    }
  }

  @Test
  void ownThread_mayNotWaitForItself() throws Exception {
    CompletableFuture<VirtualMachine> machine = new CompletableFuture<>();
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    BusDevice closing =
        new BusDevice() {
          @Override
          public long read(long offset, int size) {
            try {
              machine.get(10, TimeUnit.SECONDS).close();
            } catch (Exception e) {
              thrown.complete(e);
            }
            return 0;
          }

          @Override
          public void write(long offset, int size, long value) {}
        };
    try (VirtualMachine vm =
        pc(READ_ALL).device("closing", slots -> slots.ports(0x700, 4, closing)).start()) {
      machine.complete(vm);
      assertThat(thrown.get(10, TimeUnit.SECONDS))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("jvmm: close on a thread of the machine's own; ask for it from another");
      assertThat(vm.await().code()).isEqualTo(33);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0x501 | ports 0x501 to 0x504: another device is there; 0x700 to 0x7ff are free",
        "0x3f8 | ports 0x3f8 to 0x3fb: another device is there; 0x700 to 0x7ff are free",
        "0x20  | ports 0x20 to 0x23: KVM's interrupt controllers and timer are there; 0x700 to"
            + " 0x7ff are free",
        "0xfffd | ports 0xfffd+4: a PC has ports 0 to 0xffff",
        "-1 | ports 0xffffffff+4: a PC has ports 0 to 0xffff",
      })
  void ports_taken_sayBywhom(String start, String sentence) throws Exception {
    refuses(
        Machine.pc(), slots -> slots.ports(Integer.decode(start), 4, new Answering(0)), sentence);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0x3fffff | memory 0x3fffff+0x10: RAM is there; a good place is 0xfed80000",
        "0xfee00ff8 | memory 0xfee00ff8+0x10: KVM's interrupt controllers are there; a good place"
            + " is 0xfed80000",
        "0xe0000000 | memory 0xe0000000+0x10: the guest puts its PCI devices there; a good place is"
            + " 0xfed80000",
        "-1 | memory 0xffffffffffffffff+0x10: there are no such addresses",
      })
  void memory_taken_saysBywhom(String gpa, String sentence) throws Exception {
    refuses(
        Machine.pc(), slots -> slots.memory(Long.decode(gpa), 0x10, new Answering(0)), sentence);
  }

  @Test
  void otherPlaces_thatAreNotThere() throws Exception {
    refuses(Machine.microvm(), slots -> slots.pci(IDENTITY), "a microvm has no PCI bus;");
    refuses(Machine.pc(), slots -> slots.pci("0", IDENTITY), "addr=0 is taken by the chipset;");
    refuses(Machine.pc(), slots -> slots.irq(24), "interrupt 24: there are 0 to 23");
    assertThatThrownBy(() -> Machine.pc().device("d", s -> {}).device("d", s -> {}))
        .hasMessage("device d: it is there already; give another name");
  }

  private void refuses(MachineBuilder machine, Consumer<DeviceSlots> plug, String sentence)
      throws IOException {
    long before = descriptors();
    MachineBuilder whole =
        machine
            .memory(4 << 20)
            .kernel(TinyKernel.write(folder, SPIN))
            .device("isa-debug-exit")
            .device("mine", plug::accept);
    assertThatThrownBy(() -> whole.start().close())
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("device mine: " + sentence);
    assertThat(descriptors()).isLessThanOrEqualTo(before); // another test's may go meanwhile
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> entries = Files.list(Path.of("/proc/self/fd"))) {
      return entries.count();
    }
  }
}
