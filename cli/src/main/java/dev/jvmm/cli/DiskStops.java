package dev.jvmm.cli;

import dev.jvmm.core.vm.RunState;
import dev.jvmm.core.vm.VirtualMachine;
import dev.jvmm.core.vm.VmEvent;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Tells the user that the machine stands since the host has failed a disk, a full host disk above
 * all, and lets it go on at SIGCONT: there is no monitor to say so.
 *
 * <p>Thread: safe; a signal is handled on a thread of its own that the JVM makes for it.
 */
final class DiskStops implements AutoCloseable {

  private static final Signal CONTINUE = new Signal("CONT");

  private final VirtualMachine machine;
  private final Consumer<String> tell;
  private boolean stands; // guarded by this
  private @Nullable SignalHandler before; // guarded by this; null until the first stop

  /** Listens to the machine; {@code tell} takes a line for the user. */
  DiskStops(VirtualMachine machine, Consumer<String> tell) {
    this.machine = machine;
    this.tell = tell;
    machine.onEvent(this::happened);
  }

  private void happened(VmEvent event) {
    if (event instanceof VmEvent.IoError error && error.stops()) {
      if (!isNewStop()) {
        return; // what was under way when the first one failed
      }
      String what = error.read() ? "a read" : "a write";
      tell.accept(
          "disk %s: %s failed (%s), and the machine stands; mend that, then kill -CONT %d"
              .formatted(error.disk(), what, error.errno(), ProcessHandle.current().pid()));
    } else if (event instanceof VmEvent.Resumed) {
      synchronized (this) {
        stands = false;
      }
    }
  }

  private synchronized boolean isNewStop() {
    boolean isNew = !stands;
    stands = true;
    if (before == null) {
      before = Signal.handle(CONTINUE, signal -> goOn());
    }
    return isNew;
  }

  private void goOn() {
    synchronized (this) {
      if (!stands) {
        return; // it was stopped and continued as any process may be
      }
    }
    if (machine.state() == RunState.PAUSED) {
      machine.resume();
    }
  }

  /** Gives the signal back. */
  @Override
  public synchronized void close() {
    if (before != null) {
      Signal.handle(CONTINUE, before);
    }
  }
}
