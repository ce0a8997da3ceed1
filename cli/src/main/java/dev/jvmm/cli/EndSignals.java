package dev.jvmm.cli;

import dev.jvmm.core.vm.VirtualMachine;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * The signals that ask a process to end: SIGTERM, SIGINT, SIGHUP. They end the machine in order, so
 * that the process exits with status 0 and leaves a restored terminal. A shutdown hook could do the
 * latter, but not the former.
 *
 * <p>Thread: safe; a signal is handled on a thread of its own that the JVM makes for it.
 */
final class EndSignals implements AutoCloseable {

  private static final List<String> NAMES = List.of("TERM", "INT", "HUP");

  private final List<Runnable> undo = new ArrayList<>();
  private final Thread builder = Thread.currentThread();
  private @Nullable VirtualMachine machine; // guarded by this
  private boolean requested; // guarded by this

  private EndSignals() {}

  /**
   * Takes the signals over from the JVM. Until there is a machine to end, one interrupts the thread
   * that has called this and now builds the machine: that may wait for a socket's client.
   */
  static EndSignals install() {
    EndSignals signals = new EndSignals();
    for (String name : NAMES) {
      signals.take(new Signal(name));
    }
    return signals;
  }

  private void take(Signal signal) {
    try {
      SignalHandler before = Signal.handle(signal, raised -> endRequested());
      undo.add(() -> Signal.handle(signal, before));
    } catch (IllegalArgumentException e) {
      // The JVM was told to keep its hands off signals (-Xrs); the default action will do. One
      // that was ignored at the start (nohup, a script's background job) stays ignored anyway.
    }
  }

  /** From now on a signal ends this machine; at once if one has come before. */
  void end(VirtualMachine target) {
    boolean now;
    synchronized (this) {
      machine = target;
      now = requested;
      Thread.interrupted(); // it has come too late to keep the machine from being built
    }
    if (now) {
      target.quit();
    }
  }

  /** Whether a signal has come. */
  synchronized boolean requested() {
    return requested;
  }

  private void endRequested() {
    VirtualMachine target;
    synchronized (this) {
      requested = true;
      target = machine;
      if (target == null) {
        builder.interrupt();
      }
    }
    if (target != null) {
      target.quit();
    }
  }

  /** Gives the signals back. */
  @Override
  public void close() {
    undo.forEach(Runnable::run);
  }
}
