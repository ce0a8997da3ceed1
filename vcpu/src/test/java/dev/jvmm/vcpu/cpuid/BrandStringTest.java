package dev.jvmm.vcpu.cpuid;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BrandStringTest {

  @Test
  void modelName_isTheFirstCpus() {
    String cpuinfo = "processor\t: 0\nmodel\t\t: 17\nmodel name\t: AMD EPYC\nstepping\t: 1\n";

    assertThat(BrandString.modelName(cpuinfo)).isEqualTo("AMD EPYC");
  }

  @Test
  void modelName_isNullWhereThereIsNone() {
    assertThat(BrandString.modelName("processor\t: 0\n")).isNull();
    assertThat(BrandString.modelName("model name\t: cut")).isNull();
  }

  @Test
  void put_endsInAZeroWhateverItsLength() {
    CpuidLeaves leaves = CpuidLeaves.of(List.of());
    BrandString.put(leaves, "x".repeat(60));

    assertThat(RecordedCpuid.brand(Arrays.asList(leaves.entries()))).isEqualTo("x".repeat(47));
  }

  @Test
  void put_leavesNothingOfAnOlderLongerName() {
    CpuidLeaves leaves = CpuidLeaves.of(List.of());
    BrandString.put(leaves, "x".repeat(47));
    BrandString.put(leaves, "short");

    assertThat(RecordedCpuid.brand(Arrays.asList(leaves.entries()))).isEqualTo("short");
  }
}
