package dev.jvmm.core.event;

import dev.jvmm.linux.Epoll;
import dev.jvmm.linux.EventFd;
import dev.jvmm.linux.Fd;
import dev.jvmm.linux.Threads;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One thread over epoll(7) that runs the handlers of descriptors, timers and tasks; several virtual
 * machines can share one.
 *
 * <p>Thread: every method is safe from any thread. The locks, in the order in which they can be
 * held together: a registration's or the timers', then the loop's; waking it up is a leaf. None of
 * them is held while anything of a caller's runs. Handlers, timers and tasks run on the loop's
 * thread, one at a time. An exception that one of them lets out is ours to fix: it is logged and
 * the loop goes on, since other machines may live on it.
 */
public final class EventLoop implements AutoCloseable {

  /** There is something to read, or the other end has gone. */
  public static final int READ = 0x001; // EPOLLIN

  /** Something can be written. */
  public static final int WRITE = 0x004; // EPOLLOUT

  /** Tells of changes only: once a descriptor that was not ready, or is ready anew (EPOLLET). */
  public static final int EDGE = 1 << 31;

  /** EPOLLERR or EPOLLHUP: told whether it is asked for or not. */
  public static final int HANGUP = 0x008 | 0x010;

  private static final long WAKE_TOKEN = -1;

  private final Epoll epoll = Epoll.create();
  private final EventFd wake = EventFd.create();
  private final Thread thread;
  private final TimerQueue timers;
  // Copied on each change, so that the loop reads it without a lock.
  private volatile @Nullable Registration[] registrations = new @Nullable Registration[8];
  private final AtomicReference<@Nullable Task> scheduled = new AtomicReference<>();
  // Stands in place of the first task once the loop has taken its last ones.
  private final Task ended = new Task(() -> {});
  private volatile boolean closing;
  // Set before the loop looks for tasks the last time: who adds one sees it set, or is seen.
  private volatile boolean waits;
  private int generation;

  /** Looked for at the first line: the search opens every jar of the module path. */
  private static final class Log {
    private static final Logger LOG = System.getLogger(EventLoop.class.getName());
  }

  /**
   * Something that is to be run again and again, whenever someone has a reason. Scheduling it
   * allocates nothing, and costs one atomic exchange while it waits already; what was written
   * before {@link #schedule} is seen by the run that follows. Thread: safe.
   */
  public final class Task {

    private final Runnable action;
    private final AtomicBoolean waiting = new AtomicBoolean();
    private @Nullable Task next; // of those that wait; the loop's once it has taken them

    private Task(Runnable action) {
      this.action = action;
    }

    /** Has it run on the loop's thread, soon; after {@link EventLoop#close} it is dropped. */
    public void schedule() {
      offer();
    }

    /** The same; whether it will be run. */
    private boolean offer() {
      if (!waiting.getAndSet(true)) {
        Task first;
        do {
          first = scheduled.get();
          if (first == ended) {
            return false;
          }
          next = first;
        } while (!scheduled.compareAndSet(first, this));
        if (first == null && waits) { // else the loop looks by itself before it waits
          wakeUp();
        }
      }
      return true;
    }

    private void run() {
      waiting.getAndSet(false); // not a plain store: it sees what every scheduler wrote before
      try {
        action.run();
      } catch (RuntimeException | Error e) {
        Log.LOG.log(Level.ERROR, "a task of the event loop failed", e);
      }
    }
  }

  /** A descriptor that the loop watches. Thread: safe. */
  public final class Registration implements AutoCloseable {

    private final Fd fd;
    private final EventHandler handler;
    private final long token;
    private int interest;
    private boolean open = true;

    private Registration(Fd fd, int interest, EventHandler handler, long token) {
      this.fd = fd;
      this.interest = interest;
      this.handler = handler;
      this.token = token;
    }

    /** Watches for other events from now on; 0 is none but {@link #HANGUP}. */
    public synchronized void interest(int events) {
      if (open && events != interest) {
        interest = events;
        epoll.modify(fd, events, token);
      }
    }

    /**
     * Stops watching; the descriptor stays open. On the loop's thread the handler is not called any
     * more after this; elsewhere a call may still be under way (see {@link EventLoop#invoke}).
     */
    @Override
    public synchronized void close() {
      if (open) {
        open = false;
        epoll.remove(fd);
        forget((int) token);
      }
    }
  }

  /** Starts the thread; {@code name} is its name. */
  public EventLoop(String name) {
    epoll.add(wake.fd(), READ | EDGE, WAKE_TOKEN); // so that nobody need drain it
    timers = new TimerQueue(this);
    thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    thread.start();
  }

  /**
   * Watches a descriptor that epoll knows (no regular file).
   *
   * @param interest {@link #READ}, {@link #WRITE}, their sum, or 0
   */
  @SuppressWarnings("exports") // for modules that read dev.jvmm.linux and have descriptors
  public synchronized Registration register(Fd fd, int interest, EventHandler handler) {
    @Nullable Registration[] old = registrations;
    int slot = 0;
    while (slot < old.length && old[slot] != null) {
      slot++;
    }
    @Nullable Registration[] now = Arrays.copyOf(old, Math.max(old.length, slot + 1));
    // The generation tells an event of a descriptor that has gone from one of its successor.
    long token = (long) (generation++ & 0x7FFFFFFF) << 32 | slot;
    Registration registration = new Registration(fd, interest, handler, token);
    now[slot] = registration;
    registrations = now;
    boolean done = false;
    try {
      epoll.add(fd, interest, token);
      done = true;
    } finally {
      if (!done) {
        forget(slot);
      }
    }
    return registration;
  }

  /** How many descriptors it watches now. */
  public int watched() {
    int count = 0;
    for (Registration registration : registrations) {
      count += registration == null ? 0 : 1;
    }
    return count;
  }

  /** Makes a task that is run each time that it is scheduled. */
  public Task newTask(Runnable action) {
    return new Task(action);
  }

  /** Runs a task on the loop's thread, soon; after {@link #close} it is dropped. */
  public void execute(Runnable task) {
    newTask(task).schedule();
  }

  /**
   * Runs a task on the loop's thread and returns when it is done; at once on that thread, and once
   * that thread has ended, on the caller's.
   */
  public void invoke(Runnable task) {
    if (onLoop() || !thread.isAlive()) {
      task.run();
      return;
    }
    CountDownLatch done = new CountDownLatch(1);
    Task signalling =
        newTask(
            () -> {
              try {
                task.run();
              } finally {
                done.countDown();
              }
            });
    if (!signalling.offer()) {
      Threads.join(thread); // its last tasks are still the only ones that run
      task.run();
      return;
    }
    boolean interrupted = false;
    while (true) {
      try {
        done.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the caller is on the loop's thread. */
  public boolean onLoop() {
    return Thread.currentThread().equals(thread);
  }

  /** The timers of this loop, in {@link System#nanoTime}. */
  TimerQueue timers() {
    return timers;
  }

  /**
   * Ends and joins the thread after the tasks that are queued by now; what is registered is no
   * longer watched. Not from the loop's own thread.
   */
  @Override
  public void close() {
    if (onLoop()) {
      throw new IllegalStateException("an event loop can't close itself");
    }
    closing = true;
    wakeUp();
    Threads.join(thread);
    timers.close(); // without our monitor: theirs comes before it
    synchronized (this) {
      epoll.close();
    }
    synchronized (wake) {
      wake.close();
    }
  }

  /** Also by who has scheduled the last task and then been overtaken by {@link #close}. */
  private void wakeUp() {
    synchronized (wake) {
      if (wake.fd().isOpen()) {
        wake.signal();
      }
    }
  }

  private synchronized void forget(int slot) {
    @Nullable Registration[] now = registrations.clone();
    now[slot] = null;
    registrations = now;
  }

  private void run() {
    while (true) {
      boolean last = closing;
      runTasks(last ? ended : null);
      if (last) {
        return;
      }
      waits = true;
      boolean idle = scheduled.get() == null && !closing;
      int count = epoll.await(idle ? Epoll.INFINITE : 0);
      waits = false;
      for (int i = 0; i < count; i++) {
        dispatch(epoll.tokenAt(i), epoll.eventsAt(i));
      }
    }
  }

  private void dispatch(long token, int events) {
    if (token == WAKE_TOKEN) {
      return;
    }
    @Nullable Registration[] current = registrations;
    Registration registration = current[(int) token];
    if (registration != null && registration.token == token) {
      try {
        registration.handler.ready(events);
      } catch (RuntimeException | Error e) {
        Log.LOG.log(Level.ERROR, "an event handler failed", e);
      }
    }
  }

  /** Runs what waits by now: a task that comes again has its next turn after the descriptors. */
  private void runTasks(@Nullable Task placeholder) {
    Task task = oldestFirst(scheduled.getAndSet(placeholder));
    while (task != null) {
      Task current = task;
      task = current.next; // read first: once it runs it may be scheduled again
      current.run();
    }
  }

  private static @Nullable Task oldestFirst(@Nullable Task newest) {
    Task reversed = null;
    Task task = newest;
    while (task != null) {
      Task next = task.next;
      task.next = reversed;
      reversed = task;
      task = next;
    }
    return reversed;
  }
}
