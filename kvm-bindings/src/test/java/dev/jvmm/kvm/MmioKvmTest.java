package dev.jvmm.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Loads and stores where no memory slot is, in 64-bit mode, with the address in RBX. */
@Tag("kvm")
class MmioKvmTest {

  private static final long ADDRESS = 0x30_0008;
  private static final long VALUE = 0x1122_3344_AABB_CCDDL;

  private static final int[] SET_UP = {
    0x48, 0xBB, 0x08, 0x00, 0x30, 0x00, 0x00, 0x00, 0x00, 0x00, // mov rbx, ADDRESS
    0x48, 0xB8, 0xDD, 0xCC, 0xBB, 0xAA, 0x44, 0x33, 0x22, 0x11, // mov rax, VALUE
  };

  static Stream<Arguments> stores() {
    return Stream.of(
        Arguments.of(1, 0xDDL, new int[] {0x88, 0x03}), // mov [rbx], al
        Arguments.of(2, 0xCCDDL, new int[] {0x66, 0x89, 0x03}), // mov [rbx], ax
        Arguments.of(4, 0xAABB_CCDDL, new int[] {0x89, 0x03}), // mov [rbx], eax
        Arguments.of(8, VALUE, new int[] {0x48, 0x89, 0x03})); // mov [rbx], rax
  }

  @ParameterizedTest
  @MethodSource("stores")
  void store_carriesAddressWidthAndData(int size, long expected, int[] store) {
    try (TinyGuest guest = TinyGuest.longMode(code(store))) {
      KvmRun run = guest.kvmRun();

      assertThat(guest.runToExit()).isEqualTo(ExitReason.MMIO);
      assertThat(run.mmioIsWrite()).isTrue();
      assertThat(run.mmioAddress()).isEqualTo(ADDRESS);
      assertThat(run.mmioLength()).isEqualTo(size);
      assertThat(run.mmioData()).isEqualTo(expected);
      assertThat(guest.runToExit()).isEqualTo(ExitReason.HLT);
    }
  }

  static Stream<Arguments> loads() {
    return Stream.of(
        Arguments.of(1, 0x1122_3344_AABB_CCEEL, new int[] {0x8A, 0x03}), // mov al, [rbx]
        Arguments.of(2, 0x1122_3344_AABB_FFEEL, new int[] {0x66, 0x8B, 0x03}), // mov ax, [rbx]
        Arguments.of(4, 0x9900_FFEEL, new int[] {0x8B, 0x03}), // mov eax, [rbx]
        Arguments.of(8, 0x5566_7788_9900_FFEEL, new int[] {0x48, 0x8B, 0x03})); // mov rax, [rbx]
  }

  @ParameterizedTest
  @MethodSource("loads")
  void load_takesWhatWeAnswer(int size, long expectedRax, int[] load) {
    try (TinyGuest guest = TinyGuest.longMode(code(load))) {
      KvmRun run = guest.kvmRun();

      assertThat(guest.runToExit()).isEqualTo(ExitReason.MMIO);
      assertThat(run.mmioIsWrite()).isFalse();
      assertThat(run.mmioAddress()).isEqualTo(ADDRESS);
      assertThat(run.mmioLength()).isEqualTo(size);
      run.setMmioData(0x5566_7788_9900_FFEEL);
      assertThat(guest.runToExit()).isEqualTo(ExitReason.HLT);
      assertThat(guest.regs().rax()).isEqualTo(expectedRax);
    }
  }

  private static int[] code(int[] access) {
    return Stream.of(SET_UP, access, new int[] {0xF4}).flatMapToInt(IntStream::of).toArray();
  }
}
