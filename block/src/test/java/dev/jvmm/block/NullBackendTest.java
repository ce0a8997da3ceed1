package dev.jvmm.block;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class NullBackendTest extends BlockBackendContract {

  @Override
  BlockBackend open() {
    return new NullBackend(SIZE, true, loop);
  }

  @Test
  void read_clearsTheMemory() {
    MemorySegment memory = memory(1024).fill((byte) 5);
    assertThat(driver.read(0, memory.asSlice(0, 512))).isZero();
    assertThat(memory.asSlice(0, 512).toArray(JAVA_BYTE)).containsOnly((byte) 0);
    assertThat(memory.asSlice(512).toArray(JAVA_BYTE)).containsOnly((byte) 5);
  }

  @Test
  void size_isInSectors() {
    assertThatThrownBy(() -> new NullBackend(1000, false, loop))
        .hasMessage("blockdev size=1000: no multiple of 512; give a whole number of sectors");
  }
}
