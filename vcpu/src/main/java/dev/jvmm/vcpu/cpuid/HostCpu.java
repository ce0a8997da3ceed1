package dev.jvmm.vcpu.cpuid;

import dev.jvmm.kvm.Capability;
import dev.jvmm.kvm.CpuidEntry;
import dev.jvmm.kvm.Kvm;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What this host's KVM can show to a guest.
 *
 * <p>Immutable.
 *
 * @param supported the answer of KVM_GET_SUPPORTED_CPUID
 * @param tscDeadlineTimer KVM_CAP_TSC_DEADLINE_TIMER, which old kernels do not put into the leaves
 * @param archCapabilities whether MSR 0x10A can be read and set: else its CPUID bit is not shown
 * @param modelName the host's brand string, or null; asked for only when the leaves have none
 */
@SuppressWarnings("exports") // only this module's own callers, who read KVM, make one
public record HostCpu(
    List<CpuidEntry> supported,
    boolean tscDeadlineTimer,
    boolean archCapabilities,
    Supplier<@Nullable String> modelName) {

  private static final int MSR_ARCH_CAPABILITIES = 0x10A;

  /** Settled by the first machine: KVM's answer costs a third of a millisecond and stays. */
  private static volatile @Nullable HostCpu known;

  /** Asks KVM, once a process. */
  public static HostCpu of(Kvm kvm) {
    HostCpu host = known;
    if (host == null) {
      host = ask(kvm);
      known = host;
    }
    return host;
  }

  private static HostCpu ask(Kvm kvm) {
    return of(
        List.copyOf(kvm.supportedCpuid()),
        kvm.checkExtension(Capability.TSC_DEADLINE_TIMER) != 0,
        kvm.featureMsrs(new int[] {MSR_ARCH_CAPABILITIES}, new long[1]) == 1);
  }

  /** The leaves with the brand string of {@code /proc/cpuinfo} at need. */
  public static HostCpu of(
      List<CpuidEntry> supported, boolean tscDeadlineTimer, boolean archCapabilities) {
    return new HostCpu(supported, tscDeadlineTimer, archCapabilities, ProcCpuinfo.FIRST_CPU);
  }

  /** A class rather than a lambda: linking the first lambda costs a start-up milliseconds. */
  private enum ProcCpuinfo implements Supplier<@Nullable String> {
    FIRST_CPU;

    @Override
    public @Nullable String get() {
      return BrandString.ofThisHost();
    }
  }
}
