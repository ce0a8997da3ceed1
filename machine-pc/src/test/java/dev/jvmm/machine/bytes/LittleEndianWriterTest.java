package dev.jvmm.machine.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LittleEndianWriterTest {

  private final LittleEndianWriter out = new LittleEndianWriter(1);

  @Test
  void numbers_lowByteFirst() {
    out.u8(0x101).u16(0xABCD).u32(0x0102_0304L).u64(0x8877_6655_4433_2211L);
    assertThat(out.toByteArray())
        .containsExactly(1, 0xCD, 0xAB, 4, 3, 2, 1, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88);
  }

  @Test
  void align_fillsWithZerosToTheMultiple() {
    out.u8(1).align(4).align(4).u8(2);
    assertThat(out.toByteArray()).containsExactly(1, 0, 0, 0, 2);
  }

  @Test
  void set_overwritesWhatIsThere() {
    out.zeros(6);
    out.setU32(1, 0x0403_0201L);
    out.setU8(5, 9);
    assertThat(out.toByteArray()).containsExactly(0, 1, 2, 3, 4, 9);
  }

  @Test
  void set_behindTheEnd_throws() {
    out.zeros(4);
    assertThatThrownBy(() -> out.setU32(1, 0)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> out.setBytes(3, new byte[2]))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void checksum_makesTheSumZero() {
    out.u8(0).u8(200).u8(100);
    out.setU8(0, out.checksum(0, 3));
    assertThat(out.toByteArray()).containsExactly((byte) (512 - 300), (byte) 200, 100);
  }
}
