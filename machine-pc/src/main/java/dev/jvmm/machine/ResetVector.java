package dev.jvmm.machine;

import dev.jvmm.core.memory.GuestMemory;

/**
 * What is where a PC's firmware begins, at F000:FFF0: a request for a reset. A guest that has tried
 * everything else jumps there in real mode; Linux does at once where ACPI is hardware-reduced and
 * there is no EFI.
 *
 * <p>Thread: no state.
 */
final class ResetVector {

  /** Its guest-physical address. */
  static final long GPA = 0xF_FFF0;

  private static final byte HARD_RESET = 6; // RST_CNT: SYS_RST and RST_CPU
  private static final int PORT = LegacyDevices.RESET_CONTROL;

  /** mov dx, PORT; mov al, HARD_RESET; out dx, al; halt: hlt; jmp halt. */
  private static final byte[] CODE = {
    (byte) 0xBA,
    (byte) PORT,
    PORT >> 8,
    (byte) 0xB0,
    HARD_RESET,
    (byte) 0xEE,
    (byte) 0xF4,
    (byte) 0xEB,
    -3
  };

  private ResetVector() {}

  /** Puts it there. */
  static void load(GuestMemory memory) {
    memory.write(GPA, CODE);
  }
}
