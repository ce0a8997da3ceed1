package dev.jvmm.core.vm;

import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.trace.Recordings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A virtual machine, from its start to its end: the face of the library. Many can live in one JVM,
 * and none notices another.
 *
 * <p>Thread: every method is safe from any thread; changes of state go one at a time, and a thread
 * that is interrupted while it changes the state finishes and stays interrupted. On the machine's
 * own threads (vCPU, event loop: inside a device of the embedder's) those that wait for these
 * threads throw {@link IllegalStateException} instead: start, pause, resume, reset, quit, close.
 *
 * <p>Listeners are called on a control thread that exists only while there is something to do; they
 * may call anything.
 *
 * <p>A call that the state does not allow throws {@link IllegalStateException} and changes nothing:
 * each method says which. Nothing here ends the process. {@link #close} joins every thread that the
 * machine made.
 */
public final class VirtualMachine implements AutoCloseable {

  private final String name;
  private final Policy policy;
  private final Machinery machinery;
  private final Listeners listeners = new Listeners();
  private final CompletableFuture<ExitStatus> ended = new CompletableFuture<>();
  private final ControlThread control;
  private final MachineRecord recorded;
  private final Object lock = new Object(); // held over each change of state
  private volatile RunState state = RunState.PRELAUNCH;
  private final RequestCarrier requests;

  /**
   * What becomes of a guest's wishes.
   *
   * @param startPaused {@link #start} leaves the vCPUs standing ({@code -S})
   * @param noReboot a guest's reset ends the machine ({@code -no-reboot})
   * @param noShutdown a guest's power-off leaves the machine standing ({@code -no-shutdown})
   */
  public record Policy(boolean startPaused, boolean noReboot, boolean noShutdown) {}

  /** A listener's place; closing it ends the calls. Thread: safe. */
  public interface Subscription extends AutoCloseable {

    /** No call begins after this; one may be under way. Nothing happens the second time. */
    @Override
    void close();
  }

  /**
   * Made by the machine module, which knows what a machine consists of.
   *
   * @param machinery makes the inside; what it is given carries the guest's requests back
   */
  public VirtualMachine(String name, Policy policy, Function<GuestRequests, Machinery> machinery) {
    this.name = name;
    this.policy = policy;
    this.control = new ControlThread(name);
    this.requests = new RequestCarrier(name, control, lock, new Changes());
    this.recorded = new MachineRecord(name);
    Recordings.followBeginning();
    OperationEvent build = recorded.begin("build");
    this.machinery = machinery.apply(requests);
    recorded.end(build);
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

  /**
   * The guest's RAM, by guest-physical address: for those who read what a guest may have placed
   * anywhere, since it answers any address. After the close its contents are gone, and touching
   * them throws {@link IllegalStateException}.
   */
  public GuestMemory memory() {
    return machinery.memory();
  }

  /**
   * Copies guest memory, whether or not the guest runs.
   *
   * @param gpa the guest-physical address of the first byte
   * @param length in bytes
   * @throws IndexOutOfBoundsException if that is not all RAM
   * @throws IllegalStateException after the close
   */
  public byte[] read(long gpa, int length) {
    requireOpen("read");
    if (length < 0 || machinery.memory().region(gpa, length) == null) {
      throw notRam(gpa, length);
    }
    byte[] bytes = new byte[length];
    machinery.memory().read(gpa, bytes);
    return bytes;
  }

  /**
   * Changes guest memory, whether or not the guest runs.
   *
   * @param gpa the guest-physical address of the first byte
   * @throws IndexOutOfBoundsException if that is not all RAM; nothing is changed then
   * @throws IllegalStateException after the close
   */
  public void write(long gpa, byte[] bytes) {
    requireOpen("write");
    if (!machinery.memory().write(gpa, bytes)) {
      throw notRam(gpa, bytes.length);
    }
  }

  private IndexOutOfBoundsException notRam(long gpa, int length) {
    return new IndexOutOfBoundsException(
        "%s: %d bytes at guest-physical %#x are not all RAM".formatted(name, length, gpa));
  }

  /**
   * The guest's console: the first serial port, or else the first virtio console, that leads into
   * this program. It outlives the machine.
   *
   * @throws ConfigException if none does
   */
  public GuestStream console() {
    GuestStream console = machinery.console();
    if (console == null) {
      throw new ConfigException(
          "serial", "console: none leads into this program; leave -serial out of the builder");
    }
    return console;
  }

  /**
   * A port of virtio-serial, {@code /dev/virtio-ports/NAME} for the guest. It outlives the machine.
   *
   * @throws ConfigException if there is none of that name that leads into this program
   */
  public GuestStream port(String portName) {
    GuestStream port = machinery.port(portName);
    if (port == null) {
      throw new ConfigException(
          "device", "virtserialport,name=" + portName + ": there is none; add port(name)");
    }
    return port;
  }

  /**
   * The program's end of a character device, by its id; serial ports are {@code serial0} and so on.
   *
   * @throws ConfigException if there is none of that id that leads into this program
   */
  public GuestStream stream(String id) {
    GuestStream stream = machinery.stream(id);
    if (stream == null) {
      throw new ConfigException("chardev", id + ": none of that id leads into this program");
    }
    return stream;
  }

  /** How many vCPUs it has. */
  public int cpus() {
    return machinery.cpus();
  }

  /**
   * The registers of a vCPU, of a machine that stands.
   *
   * @param cpu from 0 on
   * @throws IndexOutOfBoundsException if there is no such vCPU
   * @throws IllegalStateException while it runs, before the start, and after the close
   */
  public VcpuRegisters registers(int cpu) {
    synchronized (lock) {
      Objects.checkIndex(cpu, machinery.cpus());
      require(
          state == RunState.PAUSED
              || state == RunState.SHUTDOWN
              || state == RunState.INTERNAL_ERROR,
          "registers");
      return machinery.registers(cpu);
    }
  }

  /**
   * What there is to see of the machine from outside, for people: its state, how it ended, the
   * registers of every vCPU. One that runs stands for a moment. It answers in every state.
   */
  public String dump() {
    synchronized (lock) {
      List<String> lines = new ArrayList<>();
      ExitStatus status = ended.getNow(null);
      lines.add(name + ": " + state + (status == null ? "" : ", " + status.reason()));
      if (state != RunState.PRELAUNCH && state != RunState.CLOSED && !machinery.onOwnThread()) {
        boolean runs = state == RunState.RUNNING;
        if (runs) {
          machinery.pause();
        }
        for (int cpu = 0; cpu < machinery.cpus(); cpu++) {
          lines.add(machinery.registers(cpu).text());
        }
        if (runs) {
          machinery.resume();
        }
      }
      return String.join("\n", lines);
    }
  }

  /** The guest's balloon; {@code null} where the machine has no such device. */
  public @Nullable Balloon balloon() {
    return machinery.balloon();
  }

  /**
   * Asks the guest to do with {@code bytes} of its RAM, as {@link Balloon#target}.
   *
   * @throws ConfigException if the machine has no balloon, or that is nothing
   * @throws IllegalStateException after the close
   */
  public void balloon(long bytes) {
    requireOpen("balloon");
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
   * @throws IllegalStateException after the close
   */
  public void link(String device, boolean up) {
    requireOpen("link");
    if (!machinery.link(device, up)) {
      throw new ConfigException("set_link", device + ": there is no such network device");
    }
  }

  /**
   * Adds a listener, called on the control thread with what happens from now on. While it works the
   * guest runs on, but the machine's next change waits that the guest has asked for.
   *
   * @return ends it; who never wants that need not keep it
   */
  public Subscription onEvent(Consumer<VmEvent> listener) {
    return listeners.add(listener);
  }

  /** What happens from now on, to be taken by a thread of the caller's; no one waits for it. */
  public EventStream events() {
    EventStream stream = listeners.stream();
    if (state == RunState.CLOSED) {
      stream.end();
    }
    return stream;
  }

  /**
   * Boots the guest.
   *
   * @throws IllegalStateException if it was started, ended by {@link #quit} or closed before
   * @throws ConfigException if what boots does not fit the machine; it has not started then
   */
  public void start() {
    requireForeignThread("start");
    synchronized (lock) {
      require(state == RunState.PRELAUNCH && !ended.isDone(), "start");
      OperationEvent start = recorded.begin("start");
      machinery.start(policy.startPaused());
      recorded.end(start);
      Recordings.follow(); // not before: the guest runs by now
      become(policy.startPaused() ? RunState.PAUSED : RunState.RUNNING);
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
    requireForeignThread("pause");
    synchronized (lock) {
      require(state != RunState.PRELAUNCH && state != RunState.CLOSED, "pause");
      if (state == RunState.RUNNING) {
        machinery.pause();
        become(RunState.PAUSED);
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
    requireForeignThread("resume");
    synchronized (lock) {
      require(state == RunState.PAUSED || state == RunState.RUNNING, "resume");
      if (state == RunState.PAUSED) {
        tell(new VmEvent.Resumed()); // before anything that the guest does next
        machinery.resume();
        become(RunState.RUNNING);
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
    requireForeignThread("reset");
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

  /**
   * Ends the guest's run from the host: {@link #await} returns {@code HOST_QUIT}. A machine that
   * has ended, or is closed, stays as it is.
   */
  public void quit() {
    requireForeignThread("quit");
    synchronized (lock) {
      end(ExitStatus.of(ExitStatus.Reason.HOST_QUIT, 0), RunState.SHUTDOWN);
    }
  }

  /**
   * Waits until the machine has ended, or is closed. With {@code noShutdown} a guest's power-off is
   * no end. Before the start it waits, too.
   *
   * @return why and how
   * @throws InterruptedException if the waiting thread is interrupted; the machine is not
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
   * Stops the guest at once, whatever it does, and gives everything back; returns when no thread,
   * descriptor or mapping of the machine is left. A second call, also at the same time, waits for
   * the first. Who waits in {@link #await} gets {@code HOST_QUIT} if the machine had not ended;
   * closes of several machines overlap.
   *
   * @throws IllegalStateException on a thread of the machine's own, which it would wait for
   */
  @Override
  public void close() {
    requireForeignThread("close");
    control.shutdown();
    synchronized (lock) {
      if (state != RunState.CLOSED) {
        become(RunState.CLOSED);
        try {
          machinery.close();
        } finally {
          ended.complete(ExitStatus.of(ExitStatus.Reason.HOST_QUIT, 0));
        }
      }
    }
    control.join();
    listeners.end();
  }

  private void requireOpen(String operation) {
    require(state != RunState.CLOSED, operation);
  }

  private void requireForeignThread(String operation) {
    if (machinery.onOwnThread()) {
      throw new IllegalStateException(
          name + ": " + operation + " on a thread of the machine's own; ask for it from another");
    }
  }

  private void become(RunState next) {
    recorded.state(state, next);
    state = next;
  }

  private void require(boolean allowed, String operation) {
    if (!allowed) {
      throw new IllegalStateException(name + ": " + operation + " in state " + state);
    }
  }

  private void tell(VmEvent event) {
    listeners.offer(event);
    if (listeners.wantCalls()) {
      control.execute(() -> listeners.call(event));
    }
  }

  private void resetNow(boolean byGuest) {
    boolean runs = state == RunState.RUNNING;
    if (runs) {
      machinery.pause();
    }
    become(RunState.PAUSED); // and stays so when the reset fails
    OperationEvent reset = recorded.begin("reset");
    machinery.reset();
    recorded.end(reset);
    requests.overtaken();
    tell(new VmEvent.Reset(byGuest)); // before anything that the guest does next
    if (runs) {
      machinery.resume();
      become(RunState.RUNNING);
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
      become(next);
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

  /** What the guest's requests come to, on the control thread and under the lock. */
  private final class Changes implements RequestCarrier.Changes {

    @Override
    public void end(ExitStatus status, RunState next) {
      VirtualMachine.this.end(status, next);
    }

    @Override
    public void reset() {
      if (policy.noReboot()) {
        end(ExitStatus.of(ExitStatus.Reason.GUEST_RESET, 0), RunState.SHUTDOWN);
      } else if (state == RunState.RUNNING || state == RunState.PAUSED) {
        resetNow(true);
      }
    }

    @Override
    public void ioError(VmEvent.IoError error) {
      tell(error);
      if (error.stops() && state == RunState.RUNNING) {
        machinery.pause();
        become(RunState.PAUSED);
        tell(new VmEvent.Paused());
      }
    }
  }
}
