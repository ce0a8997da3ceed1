package dev.jvmm.machine.pci;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PciWindowsTest {

  private static final long GIB = 1L << 30;

  @Test
  void highWindow_beginsAboveRam() {
    assertThat(PciWindows.above(GIB, 46)).isEqualTo(new PciWindows(4 * GIB, 512 * GIB));
    assertThat(PciWindows.above(5 * GIB + 4096, 46).highStart()).isEqualTo(6 * GIB);
  }

  @Test
  void highWindow_endsWhereAddressesDo() {
    assertThat(PciWindows.above(GIB, 36)).isEqualTo(new PciWindows(4 * GIB, 60 * GIB));
    assertThat(PciWindows.above(64 * GIB, 36).highBytes()).isZero();
    assertThat(PciWindows.above(GIB, 32).highBytes()).isZero();
  }
}
