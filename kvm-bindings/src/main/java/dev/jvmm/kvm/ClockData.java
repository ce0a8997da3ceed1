package dev.jvmm.kvm;

/**
 * A VM's kvmclock at one moment ({@code struct kvm_clock_data}, KVM API 4.29).
 *
 * @param clockNanos what the guest's clock shows
 * @param flags which of the others count: {@link #REALTIME}, {@link #HOST_TSC}; or {@link
 *     #TSC_STABLE}
 * @param realtimeNanos the host's wall clock at that moment
 * @param hostTsc the host's TSC at that moment
 */
public record ClockData(long clockNanos, int flags, long realtimeNanos, long hostTsc) {

  /** All vCPUs see the same clock; only ever read. */
  public static final int TSC_STABLE = 2;

  /** {@code realtimeNanos} counts; when setting, KVM adds the wall time that has passed since. */
  public static final int REALTIME = 4;

  public static final int HOST_TSC = 8;

  /** Goes on at {@code clockNanos}, however long the VM stood still. */
  public static ClockData at(long clockNanos) {
    return new ClockData(clockNanos, 0, 0, 0);
  }
}
