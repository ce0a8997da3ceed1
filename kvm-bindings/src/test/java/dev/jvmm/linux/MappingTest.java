package dev.jvmm.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MappingTest {

  private static final long MIB = 1 << 20;

  @ParameterizedTest
  @ValueSource(longs = {0, 0x1000, 0xF_F000, 0x1_0000_0000L, 0x1_0012_3000L})
  void guestRam_isCongruentWithItsGuestAddress(long gpa) {
    try (Mapping ram = Mapping.guestRam(3 * MIB, gpa)) {
      assertThat(Math.floorMod(ram.address() - gpa, Mapping.HUGE_PAGE_SIZE)).isZero();
      assertThat(ram.sizeBytes()).isEqualTo(3 * MIB);
      ram.segment().set(JAVA_BYTE, 3 * MIB - 1, (byte) 1);
      assertThat(ram.segment().get(JAVA_BYTE, 0)).isZero();
    }
  }

  @Test
  void guestRam_takesNothingBeyondItsSize() throws IOException {
    try (Mapping ram = Mapping.guestRam(4 * MIB, 0)) {
      List<String> lines = Files.readAllLines(Path.of("/proc/self/maps"));
      String range = "%x-%x".formatted(ram.address(), ram.address() + 4 * MIB);
      assertThat(lines).anyMatch(line -> line.startsWith(range));
    }
  }

  @Test
  void guestRam_asksForHugePages_andIsNotPopulated() throws IOException {
    try (Mapping ram = Mapping.guestRam(64 * MIB, 0)) {
      assertThat(smaps(ram)).contains("hg").contains("Rss:                   0 kB");
    }
  }

  @Test
  void populate_givesEveryPageMemory() throws IOException {
    try (Mapping ram = Mapping.guestRam(4 * MIB, 0)) {
      ram.segment().set(JAVA_INT, 4096, 42);
      ram.populate();
      assertThat(smaps(ram)).contains("Rss:                4096 kB");
      assertThat(ram.segment().get(JAVA_INT, 4096)).isEqualTo(42);
    }
  }

  @Test
  void discard_readsZeroAfter() {
    try (Mapping ram = Mapping.guestRam(MIB, 0)) {
      ram.segment().set(JAVA_INT, 4096, 42);
      ram.segment().set(JAVA_INT, 8192, 43);
      ram.discard(4096, 4096);
      assertThat(ram.segment().get(JAVA_INT, 4096)).isZero();
      assertThat(ram.segment().get(JAVA_INT, 8192)).isEqualTo(43);
    }
  }

  @Test
  void discard_takesOnlyWholePages() {
    try (Mapping ram = Mapping.guestRam(MIB, 0)) {
      ram.segment().set(JAVA_INT, 4096, 42);
      assertThat(ram.discard(4097, 4096)).isZero();
      assertThat(ram.discard(4096, 4095)).isZero();
      assertThat(ram.segment().get(JAVA_INT, 4096)).isEqualTo(42);
      assertThat(ram.discard(4000, 5000)).isEqualTo(4096);
      assertThat(ram.segment().get(JAVA_INT, 4096)).isZero();
    }
  }

  @Test
  void discard_refusesWhatIsNotItsOwn() {
    try (Mapping ram = Mapping.guestRam(MIB, 0)) {
      assertThatThrownBy(() -> ram.discard(MIB - 4096, 8192))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> ram.discard(-4096, 4096))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void discard_doesNothingAfterTheClose() {
    Mapping ram = Mapping.guestRam(MIB, 0);
    ram.close();

    assertThat(ram.discard(0, 4096)).isZero();
  }

  @Test
  void discard_givesMemoryBackAndATouchTakesItAgain() throws IOException {
    try (Mapping ram = Mapping.guestRam(8 * MIB, 0)) {
      ram.populate();
      assertThat(pssKib(ram)).isEqualTo(8192);
      assertThat(ram.discard(2 * MIB, 4 * MIB)).isEqualTo(4 * MIB);
      assertThat(pssKib(ram)).isEqualTo(4096);
      assertThat(ram.discard(0, 4096)).isEqualTo(4096); // out of a huge page, where it is one
      assertThat(pssKib(ram)).isEqualTo(4092);
      ram.populate();
      assertThat(pssKib(ram)).isEqualTo(8192);
    }
  }

  @Test
  void discard_makesAHoleInAFile() throws IOException {
    try (MemFd memory = MemFd.create("guest ram", 8 * MIB);
        Mapping ram = Mapping.guestRam(memory, 0, 8 * MIB, 0)) {
      ram.segment().fill((byte) 1);
      assertThat(ram.discard(2 * MIB, 4 * MIB)).isEqualTo(4 * MIB);
      assertThat(pssKib(ram)).isEqualTo(4096);
      assertThat(ram.segment().get(JAVA_BYTE, 2 * MIB)).isZero();
      assertThat(ram.segment().get(JAVA_BYTE, 0)).isEqualTo((byte) 1);
    }
  }

  @Test
  void memFd_isSharedByItsMappings_andKeepsItsSize() {
    try (MemFd memory = MemFd.create("guest ram", 4 * MIB);
        Mapping whole = Mapping.guestRam(memory, 0, 4 * MIB, 0x1000);
        Mapping tail = Mapping.shared(memory.fd(), 2 * MIB, 2 * MIB)) {
      assertThat(Math.floorMod(whole.address() - 0x1000, Mapping.HUGE_PAGE_SIZE)).isZero();
      whole.segment().set(JAVA_INT, 2 * MIB + 8, 4711);
      assertThat(tail.segment().get(JAVA_INT, 8)).isEqualTo(4711);
      assertThat(memory.sizeBytes()).isEqualTo(4 * MIB);
    }
  }

  @Test
  void memFd_cannotBeCut() throws IOException {
    try (MemFd memory = MemFd.create("sealed", MIB);
        FileChannel channel =
            FileChannel.open(
                Path.of("/proc/self/fd/" + memory.fd().number()), StandardOpenOption.WRITE)) {
      assertThatThrownBy(() -> channel.truncate(0)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void close_unmapsOnce_andAccessThrowsAfter() throws IOException {
    Mapping mapping = Mapping.anonymous(MIB);
    MemorySegment segment = mapping.segment();
    String start = "%x-".formatted(mapping.address());
    assertThat(maps()).contains(start);
    mapping.close();
    mapping.close();

    assertThat(maps()).doesNotContain(start);
    assertThatThrownBy(() -> segment.get(JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void moreThanThereIs_isEnomem() {
    assertThatThrownBy(() -> Mapping.guestRam(1L << 60, 0))
        .hasMessage("mmap 1152921504606846976 bytes: ENOMEM: Cannot allocate memory");
    assertThatThrownBy(() -> Mapping.guestRam(Long.MAX_VALUE - 4095, 0))
        .hasMessageContaining("ENOMEM");
  }

  private static String maps() throws IOException {
    return Files.readString(Path.of("/proc/self/maps"));
  }

  private static int pssKib(Mapping mapping) throws IOException {
    Matcher pss = Pattern.compile("Pss: +(\\d+) kB").matcher(smaps(mapping));
    assertThat(pss.find()).isTrue();
    return Integer.parseInt(pss.group(1));
  }

  /** The kernel's account of this mapping alone. */
  private static String smaps(Mapping mapping) throws IOException {
    String all = Files.readString(Path.of("/proc/self/smaps"));
    int start = all.indexOf("%x-".formatted(mapping.address()));
    return all.substring(start, all.indexOf("VmFlags", start) + 80);
  }
}
