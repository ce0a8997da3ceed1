package dev.jvmm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** REP OUTS and REP INS. How many units an exit carries is KVM's choice; their sum isn't. */
@Tag("kvm")
class StringIoKvmTest {

  private static final int UNITS = 100;
  private static final int BUFFER = 0x2000;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void repOuts_carriesEveryUnit(int size) {
    try (TinyGuest guest = TinyGuest.realMode(code(size, 0x6E))) {
      guest.load(BUFFER, IntStream.range(0, UNITS * size).toArray());
      List<Long> written = new ArrayList<>();

      while (guest.runToExit() == ExitReason.IO) {
        KvmRun run = guest.kvmRun();
        assertThat(run.ioSize()).isEqualTo(size);
        assertThat(run.ioDirection()).isEqualTo(KvmRun.IO_OUT);
        IntStream.range(0, run.ioCount()).forEach(i -> written.add(run.ioData(i)));
      }

      assertThat(guest.kvmRun().exitReason()).isEqualTo(ExitReason.HLT);
      assertThat(written).isEqualTo(units(size));
      assertThat(guest.regs().rcx()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void repIns_takesEveryUnit(int size) {
    try (TinyGuest guest = TinyGuest.realMode(code(size, 0x6C))) {
      List<Long> units = units(size);
      int given = 0;

      while (guest.runToExit() == ExitReason.IO) {
        KvmRun run = guest.kvmRun();
        assertThat(run.ioDirection()).isEqualTo(KvmRun.IO_IN);
        for (int i = 0; i < run.ioCount(); i++) {
          run.setIoData(i, units.get(given++));
        }
      }

      assertThat(given).isEqualTo(UNITS);
      byte[] expected = new byte[UNITS * size];
      IntStream.range(0, expected.length).forEach(i -> expected[i] = (byte) i);
      assertThat(guest.ram().asSlice(BUFFER, expected.length).toArray(JAVA_BYTE))
          .isEqualTo(expected);
    }
  }

  /** Bytes 0, 1, 2, ... as little-endian units. */
  private static List<Long> units(int size) {
    List<Long> units = new ArrayList<>();
    for (int unit = 0; unit < UNITS; unit++) {
      long value = 0;
      for (int i = size - 1; i >= 0; i--) {
        value = (value << 8) | ((unit * size + i) & 0xFF);
      }
      units.add(value);
    }
    return units;
  }

  /**
   * DS and ES to 0, SI and DI to the buffer, CX units, then the instruction by its 8-bit opcode.
   */
  private static int[] code(int size, int opcode8) {
    int[] setUp = {
      0x31, 0xC0, // xor ax, ax
      0x8E, 0xD8, // mov ds, ax
      0x8E, 0xC0, // mov es, ax
      0xBE, 0x00, 0x20, // mov si, BUFFER
      0xBF, 0x00, 0x20, // mov di, BUFFER
      0xB9, UNITS, 0x00, // mov cx, UNITS
      0xBA, 0xF8, 0x03, // mov dx, 0x3F8
      0xFC, // cld
    };
    int[] operandSize = size == 4 ? new int[] {0x66} : new int[0];
    int[] rep = {0xF3, size == 1 ? opcode8 : opcode8 + 1, 0xF4};
    return Stream.of(setUp, operandSize, rep).flatMapToInt(IntStream::of).toArray();
  }
}
