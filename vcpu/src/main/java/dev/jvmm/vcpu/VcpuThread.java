package dev.jvmm.vcpu;

import dev.jvmm.linux.Signals;
import dev.jvmm.linux.Threads;

/**
 * The thread of one vCPU: it runs the guest while it is wanted to, and stands otherwise.
 *
 * <p>A kick never gets lost. The kicker stores what it wants, then sets {@code immediate_exit},
 * then sends the signal. The vCPU clears {@code immediate_exit} before it looks at what is wanted.
 * So either the signal ends KVM_RUN, or it came before KVM_RUN and {@code immediate_exit} ends it,
 * or the vCPU has cleared that already and then sees the new wish.
 *
 * <p>Thread: every method is safe from any thread.
 */
final class VcpuThread {

  /** What the control of the machine wants of this vCPU. */
  private enum Wish {
    RUN,
    STAND,
    LEAVE
  }

  private final Vcpu vcpu;
  private final ExitDispatcher dispatcher;
  private final VcpuLoop loop;
  private final Thread thread;
  private final Object monitor = new Object();
  private volatile Wish wish = Wish.STAND;
  private volatile int tid; // 0: not started yet
  private boolean standing; // guarded by monitor
  private boolean left; // guarded by monitor; the tid may belong to someone else from then on

  VcpuThread(String name, Vcpu vcpu, VcpuSet.Sinks sinks) {
    this.vcpu = vcpu;
    this.dispatcher = new ExitDispatcher(vcpu.run(), vcpu, sinks, this::holdSelf);
    this.loop = new VcpuLoop(vcpu, dispatcher, this::mayRun);
    this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::main);
  }

  /** Starts the thread; it stands until {@link #run}. */
  void start() {
    thread.start();
  }

  /** Lets the guest run. */
  void run() {
    synchronized (monitor) {
      wish = Wish.RUN;
      standing = false;
      monitor.notifyAll();
    }
  }

  /** Asks the vCPU to stand; {@link #awaitStanding} tells when it does. */
  void stand() {
    ask(Wish.STAND);
  }

  /** Returns when the vCPU stands, its last exit completed, or its thread has left. */
  void awaitStanding() {
    boolean interrupted = false;
    synchronized (monitor) {
      while (!standing && !left) {
        try {
          monitor.wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Asks the thread to leave for good; {@link #join} waits for that. */
  void leave() {
    ask(Wish.LEAVE);
  }

  /** Returns when the thread has ended; at once where it never started. */
  void join() {
    Threads.join(thread);
  }

  /** Whether the caller is this vCPU's thread. */
  boolean isCurrent() {
    return Thread.currentThread().equals(thread);
  }

  /** On the vCPU's own thread: stand once the exit at hand is completed. */
  void holdSelf() {
    synchronized (monitor) {
      if (wish == Wish.RUN) {
        wish = Wish.STAND;
      }
    }
    vcpu.run().setImmediateExit(true);
  }

  /** The Linux thread id, for pinning and for QMP; 0 before the thread has started. */
  int tid() {
    return tid;
  }

  /** How often the guest left to user space. */
  long exits() {
    return dispatcher.exits();
  }

  private void ask(Wish what) {
    synchronized (monitor) {
      if (wish == Wish.LEAVE) {
        return;
      }
      wish = what;
      monitor.notifyAll();
      vcpu.run().setImmediateExit(true);
      if (tid != 0 && !left && !isCurrent()) {
        Threads.signal(tid, Signals.kick());
      }
    }
  }

  private boolean mayRun() {
    return wish == Wish.RUN;
  }

  private void main() {
    tid = Threads.id();
    try {
      while (standUntilWanted()) {
        runGuest();
      }
    } finally {
      synchronized (monitor) {
        left = true;
        monitor.notifyAll();
      }
    }
  }

  /** KVM_RUN itself can fail: no memory for the guest's pages, a descriptor closed under us. */
  private void runGuest() {
    try {
      loop.run();
    } catch (RuntimeException | Error e) {
      dispatcher.fail("the vCPU can't run: " + e.getMessage(), e);
      synchronized (monitor) {
        wish = wish == Wish.RUN ? Wish.STAND : wish;
      }
    }
  }

  /** False when the thread is to leave. */
  private boolean standUntilWanted() {
    synchronized (monitor) {
      while (wish == Wish.STAND) {
        standing = true;
        monitor.notifyAll();
        try {
          monitor.wait();
        } catch (InterruptedException e) {
          // Nobody interrupts this thread on purpose; the wish says what to do.
        }
      }
      standing = false;
      return wish == Wish.RUN;
    }
  }
}
