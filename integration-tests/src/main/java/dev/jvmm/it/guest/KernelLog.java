package dev.jvmm.it.guest;

import java.util.List;

/** What Linux has said, and whether it complains of something. */
public final class KernelLog {

  private static final String COMPLAINT =
      "error|warn|fail|bug|invalid|unexpected|not responding|nobody cared|timed out|can.t get"
          + "|call trace|spurious|hung";

  /** What a guest of QEMU's says as well. */
  private static final String USUAL =
      "AMD Zen1 .* bug|Speculative Return Stack Overflow|and report a bug|invalidation policy"
          + "|This is not a bug";

  private KernelLog() {}

  /**
   * The lines that complain, and would not be there on QEMU. The guest sorts them: a log is long.
   */
  public static List<String> complaints(Guest guest) {
    String sort = "dmesg | grep -iE '%s' | grep -vE '%s' || true".formatted(COMPLAINT, USUAL);
    return guest.run(sort).lines().toList();
  }
}
