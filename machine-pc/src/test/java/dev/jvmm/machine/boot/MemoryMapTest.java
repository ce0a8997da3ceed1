package dev.jvmm.machine.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.vm.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryMapTest {

  private static final long MIB = 1 << 20;
  private static final long GIB = 1 << 30;

  @ParameterizedTest
  @CsvSource({"2, 2, 0", "3071, 3071, 0", "3072, 3072, 0", "3073, 3072, 1", "5120, 3072, 2048"})
  void ram_liesBelow3GibThenFrom4(long all, long low, long high) {
    MemoryMap map = MemoryMap.of(all * MIB);

    assertThat(map).isEqualTo(new MemoryMap(low * MIB, high * MIB));
    assertThat(map.ramBytes()).isEqualTo(all * MIB);
  }

  @Test
  void e820_of5Gib() {
    assertThat(MemoryMap.of(5 * GIB).e820())
        .containsExactly(
            new E820Entry(0, 0x9FC00, E820Entry.Type.USABLE),
            new E820Entry(0x9FC00, 0x400, E820Entry.Type.RESERVED),
            new E820Entry(0xE0000, 0x20000, E820Entry.Type.RESERVED),
            new E820Entry(MIB, 3 * GIB - MIB, E820Entry.Type.USABLE),
            new E820Entry(0xFFFBC000L, 0x44000, E820Entry.Type.RESERVED),
            new E820Entry(4 * GIB, 2 * GIB, E820Entry.Type.USABLE));
  }

  @Test
  void oddSize_isRoundedUpToAPage() {
    assertThat(MemoryMap.of(2 * MIB + 1).lowBytes()).isEqualTo(2 * MIB + 4096);
  }

  @ParameterizedTest
  @CsvSource({"0", "1048576", "2097151", "-1"})
  void lessThan2Mib_isRefused(long bytes) {
    assertThatThrownBy(() -> MemoryMap.of(bytes))
        .isInstanceOf(ConfigException.class)
        .hasMessage("m " + bytes + " bytes: a PC needs 2 MiB at least; give -m 2 or more");
  }

  @Test
  void moreThanAddressesHave_isRefused() {
    assertThatThrownBy(() -> MemoryMap.of(Long.MAX_VALUE)).isInstanceOf(ConfigException.class);
  }
}
