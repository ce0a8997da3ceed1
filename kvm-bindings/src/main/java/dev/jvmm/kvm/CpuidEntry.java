package dev.jvmm.kvm;

/**
 * One leaf of CPUID as KVM takes and gives it ({@code struct kvm_cpuid_entry2}, KVM API 4.46).
 *
 * @param function the leaf: EAX as the guest sets it
 * @param index the subleaf: ECX as the guest sets it; counts only with {@link #SIGNIFICANT_INDEX}
 * @param flags {@link #SIGNIFICANT_INDEX} or 0
 * @param eax what the guest reads in EAX
 * @param ebx what the guest reads in EBX
 * @param ecx what the guest reads in ECX
 * @param edx what the guest reads in EDX
 */
public record CpuidEntry(int function, int index, int flags, int eax, int ebx, int ecx, int edx) {

  /** KVM_CPUID_FLAG_SIGNIFCANT_INDEX: the leaf has subleaves, and this is one of them. */
  public static final int SIGNIFICANT_INDEX = 1;
}
