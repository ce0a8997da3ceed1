package dev.jvmm.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Port I/O as the guest's instructions make it, with the port in DX. */
@Tag("kvm")
class PortIoKvmTest {

  private static final int OPERAND_SIZE = 0x66; // the prefix that makes 32 bits of 16
  private static final int HLT = 0xF4;

  @ParameterizedTest
  @CsvSource({"1, 0xEE, 0xDD", "2, 0xEF, 0xCCDD"})
  void out_carriesItsWidth(int size, int opcode, long expected) {
    // mov dx, 0x1234; mov ax, 0xCCDD; out dx, al or ax
    assertOut(size, expected, 0xBA, 0x34, 0x12, 0xB8, 0xDD, 0xCC, opcode, HLT);
  }

  @Test
  void out32_carriesItsWidth() {
    // mov dx, 0x1234; mov eax, 0xAABBCCDD; out dx, eax
    assertOut(
        4,
        0xAABBCCDDL,
        0xBA,
        0x34,
        0x12,
        OPERAND_SIZE,
        0xB8,
        0xDD,
        0xCC,
        0xBB,
        0xAA,
        OPERAND_SIZE,
        0xEF,
        HLT);
  }

  private static void assertOut(int size, long expected, int... code) {
    try (TinyGuest guest = TinyGuest.realMode(code)) {
      KvmRun run = guest.kvmRun();

      assertThat(guest.runToExit()).isEqualTo(ExitReason.IO);
      assertThat(run.ioDirection()).isEqualTo(KvmRun.IO_OUT);
      assertThat(run.ioPort()).isEqualTo(0x1234);
      assertThat(run.ioSize()).isEqualTo(size);
      assertThat(run.ioCount()).isEqualTo(1);
      assertThat(run.ioData(0)).isEqualTo(expected);
      assertThat(guest.runToExit()).isEqualTo(ExitReason.HLT);
    }
  }

  @Test
  void in8_changesAlAlone() {
    // mov eax, 0x11223344; in al, dx
    assertIn(1, 0x112233DDL, 0xEC);
  }

  @Test
  void in16_changesAxAlone() {
    assertIn(2, 0x1122CCDDL, 0xED);
  }

  @Test
  void in32_changesEax() {
    assertIn(4, 0xAABBCCDDL, OPERAND_SIZE, 0xED);
  }

  private static void assertIn(int size, long expected, int... in) {
    int[] before = {0xBA, 0xFF, 0xFF, OPERAND_SIZE, 0xB8, 0x44, 0x33, 0x22, 0x11};
    int[] code = Stream.of(before, in, new int[] {HLT}).flatMapToInt(IntStream::of).toArray();
    try (TinyGuest guest = TinyGuest.realMode(code)) {
      KvmRun run = guest.kvmRun();

      assertThat(guest.runToExit()).isEqualTo(ExitReason.IO);
      assertThat(run.ioDirection()).isEqualTo(KvmRun.IO_IN);
      assertThat(run.ioPort()).isEqualTo(0xFFFF);
      assertThat(run.ioSize()).isEqualTo(size);
      run.setIoData(0, 0xAABBCCDDL);
      assertThat(guest.runToExit()).isEqualTo(ExitReason.HLT);
      assertThat(guest.regs().rax()).isEqualTo(expected);
    }
  }
}
