package dev.jvmm.kvm;

/** What a vCPU is doing between entries (KVM API 4.38): the numbers of KVM_GET_MP_STATE. */
public final class MpState {

  public static final int RUNNABLE = 0;

  /** An application processor before its INIT. */
  public static final int UNINITIALIZED = 1;

  /** INIT came, SIPI hasn't. */
  public static final int INIT_RECEIVED = 2;

  public static final int HALTED = 3;
  public static final int SIPI_RECEIVED = 4;

  private MpState() {}
}
