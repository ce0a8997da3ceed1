package dev.jvmm.core.vm;

import dev.jvmm.core.memory.GuestMemory;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What moves inside a {@link VirtualMachine}: its vCPUs, devices and memory, as the control of its
 * life sees them.
 *
 * <p>Thread: called by one thread at a time, never by a vCPU's or an event loop's.
 */
public interface Machinery {

  /** Loads what boots, makes the vCPU threads, and lets them run unless {@code paused}. */
  void start(boolean paused);

  /** Returns when every vCPU stands, its last exit completed, and the machine's clock with it. */
  void pause();

  /** Lets everything run on. */
  void resume();

  /** Everything back to power-on, and what boots loaded again; while paused. */
  void reset();

  /** Presses the power button. */
  void powerdown();

  /** What the user should know though it keeps nothing from running: a sentence each. */
  List<String> warnings();

  /** The guest's RAM. */
  GuestMemory memory();

  /** The balloon; {@code null} where the machine has none. */
  @Nullable Balloon balloon();

  /** The stream of the first serial port or console that leads into this program; or null. */
  @Nullable GuestStream console();

  /** The stream of the port of virtio-serial that has this name; null where there is none. */
  @Nullable GuestStream port(String portName);

  /** The stream of the character device that has this id; null where there is none. */
  @Nullable GuestStream stream(String id);

  /** How many vCPUs there are. */
  int cpus();

  /**
   * Reads the registers of a vCPU, while all stand.
   *
   * @param cpu from 0 on, less than {@link #cpus}
   */
  VcpuRegisters registers(int cpu);

  /** Whether the caller is on a thread that the machine itself joins when it stops or closes. */
  boolean onOwnThread();

  /**
   * Plugs the cable of a network device in or out.
   *
   * @param name the device's id, or its network's
   * @return whether there is such a device
   */
  boolean link(String name, boolean up);

  /** Joins the vCPU threads and gives everything back. Also after a start that failed. */
  void close();
}
