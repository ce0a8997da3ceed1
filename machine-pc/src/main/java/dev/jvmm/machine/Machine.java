package dev.jvmm.machine;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.core.vm.VirtualMachine;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Where a program begins that runs virtual machines.
 *
 * <pre>{@code
 * try (VirtualMachine vm =
 *     Machine.pc().memory("512M").cpus(2).kernel("vmlinuz").append("console=ttyS0").start()) {
 *   vm.console().expect("login:");
 *   vm.powerdown();
 *   vm.await();
 * }
 * }</pre>
 *
 * <p>Thread: safe; each builder is its own thread's.
 */
public final class Machine {

  private Machine() {}

  /** A PC, as {@code -machine pc}. */
  public static MachineBuilder pc() {
    return new MachineBuilder(BoardConfig.PC);
  }

  /** The small machine, as {@code -machine microvm}. */
  public static MachineBuilder microvm() {
    return new MachineBuilder(BoardConfig.MICROVM);
  }

  /**
   * Builds what a configuration says. The machine has not started; whoever builds it closes it.
   *
   * @param notices takes lines for whoever starts it: what the default guest is, where a
   *     pseudo-terminal is
   * @throws ConfigException if something can't be had as it was said, or the host refuses it
   */
  public static VirtualMachine build(MachineConfig config, Consumer<String> notices) {
    return MachineFactory.build(config, new Surroundings(notices, null, Map.of()));
  }

  /**
   * Builds what a configuration says, among what a program brings along.
   *
   * @throws ConfigException if something can't be had as it was said, or the host refuses it
   */
  public static VirtualMachine build(MachineConfig config, Surroundings surroundings) {
    return MachineFactory.build(config, surroundings);
  }
}
