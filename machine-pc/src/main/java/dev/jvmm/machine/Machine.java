package dev.jvmm.machine;

import dev.jvmm.core.host.KvmDevice;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.core.vm.VirtualMachine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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
   * Why this host can't run an unmodified guest; {@code null} where it can. Machines whose guests
   * are made for it may run all the same.
   */
  public static @Nullable String obstacle() {
    Path kvm = Path.of("/dev/kvm");
    if (!Files.exists(kvm)) {
      return "there is no /dev/kvm; load the module kvm_intel or kvm_amd, or give the container"
          + " the device";
    }
    if (!Files.isReadable(kvm) || !Files.isWritable(kvm)) {
      return "/dev/kvm can't be opened; add this user to the group kvm";
    }
    return KvmDevice.runsUnmodifiedGuests()
        ? null
        : "this host's KVM has neither VMX nor SVM behind it; use a host that has, or one with"
            + " nested virtualization";
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
