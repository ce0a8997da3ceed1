package dev.jvmm.core.vm;

import dev.jvmm.core.memory.GuestMemory;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A virtual machine, from its start to its end: the face of the library. Many can live in one JVM.
 *
 * <p>Thread: every method is safe from any thread but the machine's own (vCPU, event loop); changes
 * of state go one at a time. Events are delivered on a control thread that exists only while there
 * is something to do; a listener may call any method but {@link #close}.
 *
 * <p>Nothing here ends the process. {@link #close} joins every thread that the machine made.
 */
public final class VirtualMachine implements AutoCloseable {

  private final String name;
  private final Policy policy;
  private final Machinery machinery;
  private final List<Consumer<VmEvent>> listeners = new CopyOnWriteArrayList<>();
  private final CompletableFuture<ExitStatus> ended = new CompletableFuture<>();
  private final ControlThread control;
  private final Object lock = new Object(); // held over each change of state
  private volatile RunState state = RunState.PRELAUNCH;
  private final AtomicBoolean guestRequestPending = new AtomicBoolean();
  private final AtomicBoolean ioErrorPending = new AtomicBoolean();
  private final AtomicBoolean ioStopPending = new AtomicBoolean();

  /** Looked for at the first line: the search opens every jar of the module path. */
  private static final class Log {
    private static final Logger LOG = System.getLogger(VirtualMachine.class.getName());
  }

  /**
   * What becomes of a guest's wishes.
   *
   * @param startPaused {@link #start} leaves the vCPUs standing ({@code -S})
   * @param noReboot a guest's reset ends the machine ({@code -no-reboot})
   * @param noShutdown a guest's power-off leaves the machine standing ({@code -no-shutdown})
   */
  public record Policy(boolean startPaused, boolean noReboot, boolean noShutdown) {}

  /**
   * Made by the machine module, which knows what a machine consists of.
   *
   * @param machinery makes the inside; what it is given carries the guest's requests back
   */
  public VirtualMachine(String name, Policy policy, Function<GuestRequests, Machinery> machinery) {
    this.name = name;
    this.policy = policy;
    this.control = new ControlThread(name + "-control");
    this.machinery = machinery.apply(new Requests());
  }

  /** The name that the user gave, for messages and threads. */
  public String name() {
    return name;
  }

  /** Where it stands now; it may change at any moment. */
  public RunState state() {
    return state;
  }

  /**
   * What the user should know though it keeps nothing from running, a sentence each: a CPU feature
   * that the host lacks, a host that can't run every guest. Known once the machine is built.
   */
  public List<String> warnings() {
    return machinery.warnings();
  }

  /** The guest's RAM, by guest-physical address. */
  public GuestMemory memory() {
    return machinery.memory();
  }

  /** The guest's balloon; {@code null} where the machine has no such device. */
  public @Nullable Balloon balloon() {
    return machinery.balloon();
  }

  /**
   * Asks the guest to do with {@code bytes} of its RAM, as {@link Balloon#target}.
   *
   * @throws ConfigException if the machine has no balloon, or that is nothing
   */
  public void balloon(long bytes) {
    Balloon balloon = machinery.balloon();
    if (balloon == null) {
      throw new ConfigException(
          "balloon", bytes + ": the machine has none; add -device virtio-balloon-pci");
    }
    balloon.target(bytes);
  }

  /**
   * Plugs the cable of a network device in or out; the guest is told. Without it frames are
   * dropped, both ways.
   *
   * @param device its id, or its network's
   * @throws ConfigException if there is no such device
   */
  public void link(String device, boolean up) {
    if (!machinery.link(device, up)) {
      throw new ConfigException("set_link", device + ": there is no such network device");
    }
  }

  /** Adds a listener; it is told of what happens from now on. */
  public void onEvent(Consumer<VmEvent> listener) {
    listeners.add(listener);
  }

  /**
   * Boots the guest.
   *
   * @throws IllegalStateException if it was started or closed before
   * @throws ConfigException if what boots does not fit the machine
   */
  public void start() {
    synchronized (lock) {
      require(state == RunState.PRELAUNCH, "start");
      machinery.start(policy.startPaused());
      state = policy.startPaused() ? RunState.PAUSED : RunState.RUNNING;
      if (!policy.startPaused()) {
        tell(new VmEvent.Resumed());
      }
    }
  }

  /**
   * Lets every vCPU stand; returns when they do. Nothing happens where it stands already.
   *
   * @throws IllegalStateException before the start, and after the close
   */
  public void pause() {
    synchronized (lock) {
      require(state != RunState.PRELAUNCH && state != RunState.CLOSED, "pause");
      if (state == RunState.RUNNING) {
        machinery.pause();
        state = RunState.PAUSED;
        tell(new VmEvent.Paused());
      }
    }
  }

  /**
   * Lets a paused machine run on. Nothing happens where it runs.
   *
   * @throws IllegalStateException before the start, after the guest has powered off (a {@link
   *     #reset} comes first), after an internal error, and after the close
   */
  public void resume() {
    synchronized (lock) {
      require(state == RunState.PAUSED || state == RunState.RUNNING, "resume");
      if (state == RunState.PAUSED) {
        tell(new VmEvent.Resumed()); // before anything that the guest does next
        machinery.resume();
        state = RunState.RUNNING;
      }
    }
  }

  /**
   * Presses reset: the guest boots anew. A running machine runs on; one that was paused, or kept
   * after its power-off, is paused then.
   *
   * @throws IllegalStateException before the start, after an internal error, and after the close
   */
  public void reset() {
    synchronized (lock) {
      require(
          state == RunState.RUNNING || state == RunState.PAUSED || state == RunState.SHUTDOWN,
          "reset");
      resetNow(false);
    }
  }

  /**
   * Presses the power button: a guest that listens shuts down.
   *
   * @throws IllegalStateException before the start, and after the close
   */
  public void powerdown() {
    synchronized (lock) {
      require(state != RunState.PRELAUNCH && state != RunState.CLOSED, "powerdown");
      machinery.powerdown();
      tell(new VmEvent.Powerdown());
    }
  }

  /** Ends the guest's run from the host: {@link #await} returns {@code HOST_QUIT}. */
  public void quit() {
    synchronized (lock) {
      end(ExitStatus.of(ExitStatus.Reason.HOST_QUIT, 0), RunState.SHUTDOWN);
    }
  }

  /**
   * Waits until the machine has ended. With {@code noShutdown} a guest's power-off is no end.
   *
   * @return why and how
   */
  public ExitStatus await() throws InterruptedException {
    try {
      return ended.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e); // never completed so
    }
  }

  /** As {@link #await()}, but no longer than {@code timeout}; {@code null} when that has passed. */
  public @Nullable ExitStatus await(Duration timeout) throws InterruptedException {
    try {
      return ended.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return null;
    } catch (ExecutionException e) {
      throw new AssertionError(e); // never completed so
    }
  }

  /**
   * Stops the guest at once and gives everything back; returns when no thread, descriptor or
   * mapping of the machine is left. A second call, also at the same time, waits for the first.
   */
  @Override
  public void close() {
    control.shutdown();
    synchronized (lock) {
      if (state != RunState.CLOSED) {
        state = RunState.CLOSED;
        try {
          machinery.close();
        } finally {
          ended.complete(ExitStatus.of(ExitStatus.Reason.HOST_QUIT, 0));
        }
      }
    }
    control.join();
  }

  private void require(boolean allowed, String operation) {
    if (!allowed) {
      throw new IllegalStateException(name + ": " + operation + " in state " + state);
    }
  }

  private void tell(VmEvent event) {
    if (!listeners.isEmpty()) {
      onControl(() -> listeners.forEach(listener -> listener.accept(event)));
    }
  }

  private void onControl(Runnable task) {
    try {
      control.execute(
          () -> {
            try {
              task.run();
            } catch (RuntimeException | Error e) {
              Log.LOG.log(Level.ERROR, name + ": a control task failed", e);
            }
          });
    } catch (RejectedExecutionException e) {
      Log.LOG.log(Level.DEBUG, "{0} is closing; a request is dropped", name);
    }
  }

  private void resetNow(boolean byGuest) {
    boolean runs = state == RunState.RUNNING;
    if (runs) {
      machinery.pause();
    }
    state = RunState.PAUSED; // and stays so when the reset fails
    machinery.reset();
    guestRequestPending.set(false);
    tell(new VmEvent.Reset(byGuest)); // before anything that the guest does next
    if (runs) {
      machinery.resume();
      state = RunState.RUNNING;
    }
  }

  /** Stops the vCPUs for good, or, with {@code noShutdown}, until a reset. */
  private void end(ExitStatus status, RunState next) {
    if (state == RunState.CLOSED || ended.isDone()) {
      return;
    }
    if (state == RunState.RUNNING) {
      machinery.pause();
    }
    if (state != RunState.PRELAUNCH) {
      state = next;
    }
    tell(new VmEvent.Shutdown(status));
    boolean kept =
        policy.noShutdown()
            && (status.reason() == ExitStatus.Reason.GUEST_SHUTDOWN
                || status.reason() == ExitStatus.Reason.GUEST_RESET);
    if (!kept) {
      ended.complete(status);
    }
  }

  /** The host failed a disk; nobody but the guest's data knows how often, so it can't pile up. */
  private void ioError(VmEvent.IoError error) {
    AtomicBoolean pending = error.stops() ? ioStopPending : ioErrorPending;
    if (pending.getAndSet(true)) {
      return;
    }
    onControl(
        () -> {
          synchronized (lock) {
            pending.set(false); // before the pause: what fails from here on comes again
            tell(error);
            if (error.stops() && state == RunState.RUNNING) {
              machinery.pause();
              state = RunState.PAUSED;
              tell(new VmEvent.Paused());
            }
          }
        });
  }

  /** The guest's wishes, carried from vCPU threads to the control thread. */
  private final class Requests implements GuestRequests {

    @Override
    public void powerOff() {
      once(() -> end(ExitStatus.of(ExitStatus.Reason.GUEST_SHUTDOWN, 0), RunState.SHUTDOWN));
    }

    @Override
    public void reset() {
      once(
          () -> {
            if (policy.noReboot()) {
              end(ExitStatus.of(ExitStatus.Reason.GUEST_RESET, 0), RunState.SHUTDOWN);
            } else if (state == RunState.RUNNING || state == RunState.PAUSED) {
              resetNow(true);
            }
          });
    }

    @Override
    public void exit(int code) {
      once(() -> end(ExitStatus.of(ExitStatus.Reason.DEBUG_EXIT, code), RunState.SHUTDOWN));
    }

    @Override
    public void quit() {
      onControl(VirtualMachine.this::quit);
    }

    @Override
    public void ioError(VmEvent.IoError error) {
      VirtualMachine.this.ioError(error);
    }

    @Override
    public void failed(String dump) {
      once(
          () ->
              end(
                  new ExitStatus(ExitStatus.Reason.INTERNAL_ERROR, 1, dump),
                  RunState.INTERNAL_ERROR));
    }

    /** A second request before the first is carried out adds nothing, and can't pile up. */
    private void once(Runnable change) {
      if (!guestRequestPending.compareAndSet(false, true)) {
        return;
      }
      onControl(
          () -> {
            synchronized (lock) {
              if (guestRequestPending.getAndSet(false)) { // no reset has overtaken it
                carryOut(change);
              }
            }
          });
    }

    /** A reset can fail on the host's side: what boots may have gone since the start. */
    private void carryOut(Runnable change) {
      try {
        change.run();
      } catch (RuntimeException | Error e) {
        Log.LOG.log(Level.ERROR, name + ": a request of the guest could not be carried out", e);
        end(
            new ExitStatus(ExitStatus.Reason.INTERNAL_ERROR, 1, String.valueOf(e.getMessage())),
            RunState.INTERNAL_ERROR);
      }
    }
  }
}
