package dev.jvmm.vcpu;

import dev.jvmm.core.bus.Bus;
import dev.jvmm.core.trace.Recordings;
import dev.jvmm.core.vm.GuestRequests;
import dev.jvmm.kvm.ExitReason;
import dev.jvmm.kvm.KvmRun;
import org.jspecify.annotations.Nullable;

/**
 * What an exit means: port and MMIO accesses go to their bus, everything else is rare and handled
 * on purpose (KVM API 5, "the kvm_run structure").
 *
 * <p>Thread: confined to the vCPU's; the counters may be read by others, roughly.
 */
final class ExitDispatcher {

  /** Reasons are numbered without gaps worth naming; KVM has 40 by now. */
  static final int LAST_REASON = 63;

  private final String machine;
  private final KvmRun run;
  private final Dump dump;
  private final Bus pio;
  private final Bus mmio;
  private final GuestRequests requests;
  private final Runnable holdSelf;
  private final long[] exits = new long[LAST_REASON + 1]; // by reason; unknown ones in the last

  /** Puts into words why the vCPU can't go on, with its registers. */
  @FunctionalInterface
  interface Dump {
    String of(String what, @Nullable Throwable cause);
  }

  ExitDispatcher(KvmRun run, Dump dump, VcpuSet.Sinks sinks, Runnable holdSelf) {
    this.machine = sinks.machine();
    this.run = run;
    this.dump = dump;
    this.pio = sinks.pio();
    this.mmio = sinks.mmio();
    this.requests = sinks.requests();
    this.holdSelf = holdSelf;
  }

  /** Handles the exit that {@code kvm_run} describes. */
  void dispatch() {
    int reason = run.exitReason();
    exits[Math.min(reason & Integer.MAX_VALUE, LAST_REASON)]++;
    try {
      if (Recordings.on()) {
        record(reason);
      } else {
        handle(reason);
      }
    } catch (RuntimeException | Error e) {
      fail("a device of ours failed: " + e, e);
    }
  }

  private void handle(int reason) {
    if (reason == ExitReason.IO) {
      portAccess();
    } else if (reason == ExitReason.MMIO) {
      memoryAccess();
    } else {
      rare(reason);
    }
  }

  /** The same with its time; what was accessed is looked up first, since the access may move it. */
  private void record(int reason) {
    ExitEvent event =
        switch (reason) {
          case ExitReason.IO -> {
            boolean write = run.ioDirection() == KvmRun.IO_OUT;
            yield ExitEvent.access(machine, pio, run.ioPort(), run.ioSize(), write);
          }
          case ExitReason.MMIO -> {
            boolean write = run.mmioIsWrite();
            yield ExitEvent.access(machine, mmio, run.mmioAddress(), run.mmioLength(), write);
          }
          default -> ExitEvent.other(machine, ExitReason.name(reason));
        };
    event.begin();
    handle(reason);
    event.commit();
  }

  /** How often the guest left to user space. */
  long exits() {
    long sum = 0;
    for (long count : exits) {
      sum += count;
    }
    return sum;
  }

  /** How often for one reason (KVM API 5, {@code exit_reason}). */
  long exits(int reason) {
    return exits[reason];
  }

  /** INS and OUTS come as one exit with a count: the elements lie one after the other. */
  private void portAccess() {
    int port = run.ioPort();
    int size = run.ioSize();
    int count = run.ioCount();
    boolean in = run.ioDirection() == KvmRun.IO_IN;
    for (int i = 0; i < count; i++) {
      if (in) {
        run.setIoData(i, pio.read(port, size));
      } else {
        pio.write(port, size, run.ioData(i));
      }
    }
  }

  private void memoryAccess() {
    long gpa = run.mmioAddress();
    int size = run.mmioLength();
    if (run.mmioIsWrite()) {
      mmio.write(gpa, size, run.mmioData());
    } else {
      run.setMmioData(mmio.read(gpa, size));
    }
  }

  private void rare(int reason) {
    switch (reason) {
      case ExitReason.SHUTDOWN -> { // a triple fault
        requests.reset();
        holdSelf.run();
      }
      case ExitReason.HLT -> holdSelf.run(); // no irqchip that could wake it
      case ExitReason.SYSTEM_EVENT -> systemEvent(run.systemEventType());
      case ExitReason.INTR -> {} // a signal; the loop looks at the wishes at the next KVM_RUN
      case ExitReason.IRQ_WINDOW_OPEN -> {} // never asked for
      case ExitReason.IOAPIC_EOI -> {} // split irqchip only
      case ExitReason.SET_TPR -> {} // user-space irqchip only
      case ExitReason.DEBUG -> fail("a debug exit that nobody asked for", null);
      case ExitReason.FAIL_ENTRY ->
          fail(
              "the CPU refused to enter the guest: hardware reason %#x on CPU %d"
                  .formatted(run.failEntryReason(), run.failEntryCpu()),
              null);
      case ExitReason.INTERNAL_ERROR -> fail(KvmInternalError.describe(run), null);
      default -> fail("exit reason %d, which we don't know".formatted(reason), null);
    }
  }

  private void systemEvent(int type) {
    switch (type) {
      case ExitReason.SYSTEM_EVENT_SHUTDOWN -> requests.powerOff();
      case ExitReason.SYSTEM_EVENT_CRASH -> fail("the guest says that it has crashed", null);
      case ExitReason.SYSTEM_EVENT_RESET -> requests.reset();
      default -> fail("system event %d, which we don't know".formatted(type), null);
    }
    holdSelf.run();
  }

  /** Ends the machine with what is known of this vCPU. */
  void fail(String what, @Nullable Throwable cause) {
    requests.failed(dump.of(what, cause));
    holdSelf.run();
  }
}
