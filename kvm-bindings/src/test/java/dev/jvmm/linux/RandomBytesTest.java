package dev.jvmm.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RandomBytesTest {

  @Test
  void fill_reachesTheEndAndNoFurther() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(1 << 20);
      RandomBytes.fill(memory.asSlice(0, (1 << 20) - 64));

      byte[] bytes = memory.toArray(ValueLayout.JAVA_BYTE);
      assertThat(Arrays.copyOfRange(bytes, (1 << 20) - 64, 1 << 20)).containsOnly(0);
      // 64 zeros in a row are no random numbers, once in 2^512 times.
      assertThat(Arrays.copyOfRange(bytes, (1 << 20) - 128, (1 << 20) - 64))
          .isNotEqualTo(new byte[64]);
      assertThat(Arrays.copyOf(bytes, 64)).isNotEqualTo(new byte[64]);
    }
  }
}
