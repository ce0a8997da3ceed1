package dev.jvmm.benchmarks;

import com.sun.management.ThreadMXBean;
import dev.jvmm.core.vm.VirtualMachine;
import dev.jvmm.machine.Machine;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import java.util.Objects;

/** A counting guest on a whole machine of jvmm's, in this JVM. Thread: confined. */
final class JvmmGuest implements CountingGuest {

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final VirtualMachine machine;
  private final MemorySegment counter;
  private final long vcpuThread;

  /** Starts it. */
  JvmmGuest(Path kernel) {
    machine = machine(kernel);
    machine.start();
    counter = counter(machine);
    vcpuThread = vcpuThread();
  }

  /** A PC with 16 MiB and one CPU that has not started. */
  static VirtualMachine machine(Path kernel) {
    return Machine.build(
        Machine.pc().memory("16M").kernel(kernel).serial("null").config(), notice -> {});
  }

  static MemorySegment counter(VirtualMachine machine) {
    return Objects.requireNonNull(machine.memory().slice(COUNTER_GPA, Integer.BYTES));
  }

  private long vcpuThread() {
    for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
      if (thread != null && thread.getThreadName().endsWith("vcpu-0")) {
        return thread.getThreadId();
      }
    }
    throw new NoSuchElementException("there is no thread vcpu-0");
  }

  /** What the vCPU's thread has allocated on the heap in its life. */
  long allocatedBytes() {
    return threads.getThreadAllocatedBytes(vcpuThread);
  }

  @Override
  public int exits() {
    return counter.get(ValueLayout.JAVA_INT, 0);
  }

  @Override
  public void resume() {
    machine.resume();
  }

  @Override
  public void pause() {
    machine.pause();
  }

  @Override
  public void close() {
    machine.close();
  }
}
