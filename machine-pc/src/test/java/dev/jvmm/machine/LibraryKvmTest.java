package dev.jvmm.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.core.vm.EventStream;
import dev.jvmm.core.vm.ExitStatus;
import dev.jvmm.core.vm.GuestStreamException;
import dev.jvmm.core.vm.RunState;
import dev.jvmm.core.vm.VcpuRegisters;
import dev.jvmm.core.vm.VirtualMachine;
import dev.jvmm.core.vm.VmEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Machines as an embedder has them. */
@Tag("kvm")
@Timeout(60)
class LibraryKvmTest {

  private static final String SPIN = "ebfe";

  /** Prints "hi", then each character that comes, plus one. */
  private static final String ECHO =
      """
      66baf803           // dx = 0x3f8
      b068 ee b069 ee    // out dx, 'h'; 'i'
      66bafd03           // wait: dx = line status
      ec a801 74fb       // in al, dx; test al, 1; jz -5
      66baf803 ec 0401 ee // in al, dx; add al, 1; out dx, al
      ebed               // jmp wait
      """;

  @TempDir private Path folder;

  @BeforeAll
  static void kvmOpens() {
    Path kvm = Path.of("/dev/kvm");
    assumeTrue(Files.isReadable(kvm) && Files.isWritable(kvm), "/dev/kvm can't be opened");
  }

  private MachineBuilder pc(String code) throws IOException {
    return Machine.pc().memory(4 << 20).kernel(TinyKernel.write(folder, code));
  }

  @Test
  void console_conversesAndOutlivesTheMachine() throws Exception {
    VirtualMachine vm = pc(ECHO).start();
    try (vm) {
      vm.console().expect("hi");
      vm.console().send("abc");
      assertThat(vm.console().expect("d").before()).isEqualTo("bc");
      vm.console().send("yz"); // nobody takes it before the end
      vm.console().receive(1, Duration.ofSeconds(10));
      assertThatThrownBy(() -> vm.console().expect("never", Duration.ofMillis(1)))
          .isInstanceOf(GuestStreamException.class)
          .hasMessageContaining("\"never\"")
          .hasMessageContaining("hibcdz");
    }
    assertThat(vm.console().tail()).startsWith("hibcdz");
    assertThatThrownBy(() -> vm.console().expect("more"))
        .hasMessageContaining("the stream ended before");
  }

  @Test
  void memory_isReadAndWritten_withinItsBounds() throws Exception {
    try (VirtualMachine vm = pc(SPIN).start()) {
      vm.write(0x30_0000, new byte[] {1, 2, 3});
      assertThat(vm.read(0x30_0001, 2)).containsExactly(2, 3);
      assertThatThrownBy(() -> vm.read((4 << 20) - 1, 2))
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessage("jvmm: 2 bytes at guest-physical 0x3fffff are not all RAM");
      assertThatThrownBy(() -> vm.read(-1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> vm.read(0, -1)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> vm.write(Long.MAX_VALUE, new byte[1]))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void registers_areThoseOfTheGuest() throws Exception {
    VirtualMachine vm = pc("b878563412 bb01000000" /* mov eax, ebx */ + SPIN).cpus(2).start();
    try (vm) {
      assertThatThrownBy(() -> vm.registers(0)).isInstanceOf(IllegalStateException.class);
      VcpuRegisters registers = spinning(vm);
      assertThat(registers.get("rax")).isEqualTo(0x1234_5678);
      assertThat(registers.get("cr0") & 1).isOne(); // protected mode
      assertThat(registers.text()).contains("RIP=", "[eb] fe", "CR0=");
      assertThatThrownBy(() -> registers.get("xyz")).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> vm.registers(2)).isInstanceOf(IndexOutOfBoundsException.class);
      vm.resume();
      assertThat(vm.dump()).startsWith("jvmm: RUNNING").contains("vCPU 0:", "vCPU 1:");
      assertThat(vm.state()).isEqualTo(RunState.RUNNING);
    }
    assertThat(vm.dump()).isEqualTo("jvmm: CLOSED, HOST_QUIT");
  }

  private static VcpuRegisters spinning(VirtualMachine vm) {
    while (true) {
      vm.pause();
      VcpuRegisters registers = vm.registers(0);
      if (registers.get("rbx") == 1) {
        return registers;
      }
      vm.resume();
    }
  }

  @Test
  void events_comeInTheirOrder_andEnd() throws Exception {
    VirtualMachine vm = pc("66ba0105 b010 ee" + SPIN).device("isa-debug-exit").build();
    EventStream events = vm.events();
    vm.start();
    assertThat(vm.await().code()).isEqualTo(33);
    vm.close();
    assertThat(events.next()).isEqualTo(new VmEvent.Resumed());
    assertThat(events.next())
        .isEqualTo(new VmEvent.Shutdown(ExitStatus.of(ExitStatus.Reason.DEBUG_EXIT, 33)));
    assertThat(events.next()).isNull();
    assertThat(vm.events().next()).isNull();
  }

  @Test
  void afterClose_everythingIsRefused() throws Exception {
    VirtualMachine vm = pc(SPIN).start();
    vm.close();
    vm.close();
    refuses(vm::start, "start");
    refuses(vm::pause, "pause");
    refuses(vm::resume, "resume");
    refuses(vm::reset, "reset");
    refuses(vm::powerdown, "powerdown");
    refuses(() -> vm.read(0, 1), "read");
    refuses(() -> vm.write(0, new byte[1]), "write");
    refuses(() -> vm.registers(0), "registers");
    refuses(() -> vm.link("net0", false), "link");
    refuses(() -> vm.balloon(1), "balloon");
    vm.quit();
    assertThat(vm.await().reason()).isEqualTo(ExitStatus.Reason.HOST_QUIT);
    assertThatThrownBy(() -> vm.memory().read(0, new byte[1]))
        .isInstanceOf(IllegalStateException.class);
  }

  private static void refuses(Runnable call, String operation) {
    assertThatThrownBy(call::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("jvmm: " + operation + " in state CLOSED");
  }

  @Test
  void beforeStart_onlyWhatNeedsNoGuest() throws Exception {
    try (VirtualMachine vm = pc(SPIN).build()) {
      assertThatThrownBy(vm::pause).hasMessage("jvmm: pause in state PRELAUNCH");
      assertThatThrownBy(vm::resume).hasMessage("jvmm: resume in state PRELAUNCH");
      vm.write(0x1000, new byte[] {7});
      assertThat(vm.read(0x1000, 1)).containsExactly(7);
      vm.quit();
      assertThat(vm.await().reason()).isEqualTo(ExitStatus.Reason.HOST_QUIT);
      assertThatThrownBy(vm::start).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void startTwice_isRefusedAndTheGuestRunsOn() throws Exception {
    try (VirtualMachine vm = pc(SPIN).start()) {
      assertThatThrownBy(vm::start).hasMessage("jvmm: start in state RUNNING");
      assertThat(vm.state()).isEqualTo(RunState.RUNNING);
    }
  }

  @Test
  void closeFromTwoThreads_whileTheVcpuRuns_bothReturnWhenItIsGone() throws Exception {
    long before = descriptors();
    VirtualMachine vm = pc(SPIN).cpus(2).start();
    CountDownLatch both = new CountDownLatch(2);
    CompletableFuture<Void> other =
        CompletableFuture.runAsync(
            () -> {
              both.countDown();
              vm.close();
            });
    both.countDown();
    both.await();
    vm.close();
    assertThat(descriptors()).isLessThanOrEqualTo(before);
    other.get(10, TimeUnit.SECONDS);
  }

  @Test
  void interruptOfAWaitingThread_leavesTheMachineAlone() throws Exception {
    try (VirtualMachine vm = pc(SPIN).start()) {
      CompletableFuture<String> waited = new CompletableFuture<>();
      Thread waiting =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      vm.await();
                    } catch (InterruptedException e) {
                      waited.complete("interrupted");
                    }
                  });
      waiting.interrupt();
      assertThat(waited.get(10, TimeUnit.SECONDS)).isEqualTo("interrupted");
      Thread.currentThread().interrupt();
      vm.pause(); // not to be interrupted: it ends soon
      assertThat(Thread.interrupted()).isTrue();
      assertThat(vm.state()).isEqualTo(RunState.PAUSED);
    }
  }

  @Test
  void closeWhileSomeoneWaits_endsTheWait() throws Exception {
    VirtualMachine vm = pc(SPIN).start();
    CompletableFuture<ExitStatus> waited =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return vm.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    vm.close();
    assertThat(waited.get(10, TimeUnit.SECONDS).reason()).isEqualTo(ExitStatus.Reason.HOST_QUIT);
  }

  @Test
  void startThatFails_leavesNothing() throws Exception {
    pc(SPIN).start().close();
    long before = descriptors();
    Path gone = TinyKernel.write(folder, SPIN);
    assertThatThrownBy(() -> Machine.pc().memory("4M").kernel("/no/kernel").start())
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("kernel /no/kernel: ");
    assertThatThrownBy(() -> Machine.pc().memory("4M").kernel(gone).port("a").port("a"))
        .hasMessageContaining("a port of that name is there already");
    assertThat(descriptors()).isLessThanOrEqualTo(before);
  }

  @Test
  void portsAndConsoles_areFoundByName() throws Exception {
    try (VirtualMachine vm =
        pc(SPIN).noDefaults().port("org.jvmm.a").console().port("org.jvmm.b").start()) {
      assertThat(vm.port("org.jvmm.a")).isNotSameAs(vm.port("org.jvmm.b"));
      assertThat(vm.console()).isSameAs(vm.stream("console-1"));
      assertThatThrownBy(() -> vm.port("org.jvmm.c"))
          .isInstanceOf(ConfigException.class)
          .hasMessage("device virtserialport,name=org.jvmm.c: there is none; add port(name)");
      assertThatThrownBy(() -> vm.stream("nope")).isInstanceOf(ConfigException.class);
    }
    try (VirtualMachine vm = pc(SPIN).serial("null").build()) {
      assertThatThrownBy(vm::console).isInstanceOf(ConfigException.class);
    }
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> entries = Files.list(Path.of("/proc/self/fd"))) {
      return entries.count();
    }
  }
}
