package dev.jvmm.vcpu;

import dev.jvmm.kvm.ExitReason;
import dev.jvmm.kvm.KvmRun;

/** Puts KVM_EXIT_INTERNAL_ERROR into words (KVM API 5, "KVM_EXIT_INTERNAL_ERROR"). */
final class KvmInternalError {

  private KvmInternalError() {}

  static String describe(KvmRun run) {
    int suberror = run.internalSuberror();
    StringBuilder text = new StringBuilder("KVM internal error ").append(suberror).append(": ");
    text.append(
        switch (suberror) {
          case ExitReason.INTERNAL_EMULATION -> "an instruction that it can't emulate";
          case ExitReason.INTERNAL_SIMUL_EX -> "two exceptions at once that it can't merge";
          case ExitReason.INTERNAL_DELIVERY_EV -> "an exit while an event was being delivered";
          case ExitReason.INTERNAL_UNEXPECTED_EXIT_REASON ->
              "an exit of the CPU that it doesn't know";
          default -> "a kind that we don't know";
        });
    if (suberror == ExitReason.INTERNAL_EMULATION) {
      byte[] code = run.emulationFailureBytes();
      if (code.length > 0) {
        text.append("\ninstruction ").append(CrashDump.hex(code));
      }
    }
    for (int i = 0; i < run.internalDataCount(); i++) {
      text.append(i == 0 ? "\ndata " : " ").append(Long.toHexString(run.internalData(i)));
    }
    return text.toString();
  }
}
