package dev.jvmm.vcpu.cpuid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.kvm.CpuidEntry;
import java.util.List;
import org.junit.jupiter.api.Test;

class CpuidLeavesTest {

  @Test
  void entries_areSortedAndWithoutEmptyOnes() {
    CpuidLeaves leaves =
        CpuidLeaves.of(
            List.of(
                new CpuidEntry(0x8000_0000, 0, 0, 9, 0, 0, 0),
                new CpuidEntry(4, 1, 1, 2, 0, 0, 0),
                new CpuidEntry(4, 0, 1, 1, 0, 0, 0),
                new CpuidEntry(3, 0, 0, 0, 0, 0, 0)));
    leaves.set(0x4000_0000, CpuidLeaves.EDX, 5);

    assertThat(leaves.entries())
        .containsExactly(
            new CpuidEntry(4, 0, 1, 1, 0, 0, 0),
            new CpuidEntry(4, 1, 1, 2, 0, 0, 0),
            new CpuidEntry(0x4000_0000, 0, 0, 0, 0, 0, 5),
            new CpuidEntry(0x8000_0000, 0, 0, 9, 0, 0, 0));
  }

  @Test
  void pin_keepsAnEmptyLeafAndTheFlagStaysInside() {
    CpuidLeaves leaves = CpuidLeaves.of(List.of());
    leaves.pin(0x8000_001E);

    assertThat(leaves.entries()).containsExactly(new CpuidEntry(0x8000_001E, 0, 0, 0, 0, 0, 0));
    assertThat(leaves.last(0x8000_0000)).isEqualTo(0x8000_001E);
  }

  @Test
  void set_growsBeyondItsFirstSize() {
    CpuidLeaves leaves = CpuidLeaves.of(List.of());
    for (int i = 0; i < 256; i++) {
      leaves.set(4, i, CpuidLeaves.EBX, i + 1);
    }

    assertThat(leaves.entries()).hasSize(256);
    assertThat(leaves.get(4, 255, CpuidLeaves.EBX)).isEqualTo(256);
  }

  @Test
  void entries_beyondWhatKvmTakesAreOurMistake() {
    CpuidLeaves leaves = CpuidLeaves.of(List.of());
    for (int i = 0; i < 257; i++) {
      leaves.set(4, i, CpuidLeaves.EBX, 1);
    }

    assertThatThrownBy(leaves::entries).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void copy_isItsOwn() {
    CpuidLeaves leaves = CpuidLeaves.of(List.of(new CpuidEntry(1, 0, 0, 1, 0, 0, 0)));
    CpuidLeaves copy = leaves.copy();
    copy.set(1, CpuidLeaves.EAX, 2);

    assertThat(leaves.get(1, CpuidLeaves.EAX)).isEqualTo(1);
  }

  @Test
  void remove_takesEverySubleaf() {
    CpuidLeaves leaves = CpuidLeaves.of(List.of());
    leaves.set(0xB, 0, CpuidLeaves.EAX, 1);
    leaves.set(0xC, 0, CpuidLeaves.EAX, 1);
    leaves.set(0xB, 1, CpuidLeaves.EAX, 1);
    leaves.remove(0xB);

    assertThat(leaves.entries()).containsExactly(new CpuidEntry(0xC, 0, 0, 1, 0, 0, 0));
  }

  @Test
  void removeAfter_leavesOtherRangesAlone() {
    CpuidLeaves leaves = CpuidLeaves.of(List.of());
    for (int leaf : new int[] {1, 7, 8, 0x4000_0001, 0x8000_0008}) {
      leaves.set(leaf, CpuidLeaves.EAX, 1);
    }
    leaves.removeAfter(7);

    assertThat(leaves.entries())
        .extracting(CpuidEntry::function)
        .containsExactly(1, 7, 0x4000_0001, 0x8000_0008);
  }
}
