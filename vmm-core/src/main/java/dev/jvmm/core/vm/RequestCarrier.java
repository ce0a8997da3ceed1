package dev.jvmm.core.vm;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Carries the guest's requests from vCPU threads and event loops to the control thread; however
 * often the guest asks, one waits there at most.
 *
 * <p>Thread: safe. The machine's lock is taken on the control thread alone.
 */
final class RequestCarrier implements GuestRequests {

  private final String name;
  private final ControlThread control;
  private final Object lock;
  private final Changes changes;
  private final AtomicBoolean requestPending = new AtomicBoolean();
  private final AtomicBoolean ioErrorPending = new AtomicBoolean();
  private final AtomicBoolean ioStopPending = new AtomicBoolean();

  /** Looked for at the first line: the search opens every jar of the module path. */
  private static final class Log {
    private static final Logger LOG = System.getLogger(RequestCarrier.class.getName());
  }

  /** What requests come to; called on the control thread, under the machine's lock. */
  interface Changes {

    /** The guest's run is over. */
    void end(ExitStatus status, RunState next);

    /** The guest wants a reset. */
    void reset();

    /** The host has failed a disk. */
    void ioError(VmEvent.IoError error);
  }

  /**
   * Carries to a machine.
   *
   * @param lock held over each change of its state
   */
  RequestCarrier(String name, ControlThread control, Object lock, Changes changes) {
    this.name = name;
    this.control = control;
    this.lock = lock;
    this.changes = changes;
  }

  /** A reset has overtaken what was asked for; under the lock. */
  void overtaken() {
    requestPending.set(false);
  }

  @Override
  public void powerOff() {
    once(() -> changes.end(ExitStatus.of(ExitStatus.Reason.GUEST_SHUTDOWN, 0), RunState.SHUTDOWN));
  }

  @Override
  public void reset() {
    once(changes::reset);
  }

  @Override
  public void exit(int code) {
    once(() -> changes.end(ExitStatus.of(ExitStatus.Reason.DEBUG_EXIT, code), RunState.SHUTDOWN));
  }

  @Override
  public void quit() {
    locked(() -> changes.end(ExitStatus.of(ExitStatus.Reason.HOST_QUIT, 0), RunState.SHUTDOWN));
  }

  @Override
  public void failed(String dump) {
    once(
        () ->
            changes.end(
                new ExitStatus(ExitStatus.Reason.INTERNAL_ERROR, 1, dump),
                RunState.INTERNAL_ERROR));
  }

  /** Nobody but the guest's data knows how often the host fails, so it can't pile up. */
  @Override
  public void ioError(VmEvent.IoError error) {
    AtomicBoolean pending = error.stops() ? ioStopPending : ioErrorPending;
    if (pending.getAndSet(true)) {
      return;
    }
    locked(
        () -> {
          pending.set(false); // before the pause: what fails from here on comes again
          changes.ioError(error);
        });
  }

  /** A second request before the first is carried out adds nothing, and can't pile up. */
  private void once(Runnable change) {
    if (!requestPending.compareAndSet(false, true)) {
      return;
    }
    locked(
        () -> {
          if (requestPending.getAndSet(false)) { // no reset has overtaken it
            carryOut(change);
          }
        });
  }

  private void locked(Runnable task) {
    control.execute(
        () -> {
          synchronized (lock) {
            task.run();
          }
        });
  }

  /** A reset can fail on the host's side: what boots may have gone since the start. */
  private void carryOut(Runnable change) {
    try {
      change.run();
    } catch (RuntimeException | Error e) {
      Log.LOG.log(Level.ERROR, name + ": a request of the guest could not be carried out", e);
      changes.end(
          new ExitStatus(ExitStatus.Reason.INTERNAL_ERROR, 1, String.valueOf(e.getMessage())),
          RunState.INTERNAL_ERROR);
    }
  }
}
