package dev.jvmm.vcpu;

import java.util.function.BooleanSupplier;

/**
 * KVM_RUN and what comes after it, again and again: the inner loop of the hypervisor.
 *
 * <p>Requests are looked at only when KVM_RUN was interrupted. KVM completes a port or MMIO access
 * at the next KVM_RUN, so a vCPU that stands has no access half done, and its registers can be
 * read.
 *
 * <p>Thread: confined to the vCPU's.
 */
final class VcpuLoop {

  private final Vcpu vcpu;
  private final ExitDispatcher dispatcher;
  private final BooleanSupplier mayRun;

  VcpuLoop(Vcpu vcpu, ExitDispatcher dispatcher, BooleanSupplier mayRun) {
    this.vcpu = vcpu;
    this.dispatcher = dispatcher;
    this.mayRun = mayRun;
  }

  /** Runs the guest until {@code mayRun} says no. */
  void run() {
    while (true) {
      switch (vcpu.fd().run()) {
        case EXITED -> dispatcher.dispatch();
        case INTERRUPTED, AGAIN -> {
          vcpu.run().setImmediateExit(false); // before the look at the wish
          if (!mayRun.getAsBoolean()) {
            return;
          }
        }
      }
    }
  }
}
