package dev.jvmm.vcpu.cpuid;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CpuFeaturesTest {

  /** Picked by hand from the manuals: at least one a word, the last of a word where it matters. */
  @ParameterizedTest
  @CsvSource({
    "fpu, 1, 0, 3, 0",
    "pbe, 1, 0, 3, 31",
    "ht, 1, 0, 3, 28",
    "clflush, 1, 0, 3, 19",
    "pni, 1, 0, 2, 0",
    "vmx, 1, 0, 2, 5",
    "fma, 1, 0, 2, 12",
    "x2apic, 1, 0, 2, 21",
    "tsc-deadline, 1, 0, 2, 24",
    "hypervisor, 1, 0, 2, 31",
    "arat, 6, 0, 0, 2",
    "avx2, 7, 0, 1, 5",
    "avx512f, 7, 0, 1, 16",
    "avx512vl, 7, 0, 1, 31",
    "vaes, 7, 0, 2, 9",
    "rdpid, 7, 0, 2, 22",
    "la57, 7, 0, 2, 16",
    "pks, 7, 0, 2, 31",
    "fsrm, 7, 0, 3, 4",
    "spec-ctrl, 7, 0, 3, 26",
    "ssbd, 7, 0, 3, 31",
    "avx512-bf16, 7, 1, 0, 5",
    "lam, 7, 1, 0, 26",
    "prefetchiti, 7, 1, 3, 14",
    "mcdt-no, 7, 2, 3, 5",
    "xsaves, d, 1, 0, 3",
    "nx, 80000001, 0, 3, 20",
    "pdpe1gb, 80000001, 0, 3, 26",
    "lm, 80000001, 0, 3, 29",
    "svm, 80000001, 0, 2, 2",
    "topoext, 80000001, 0, 2, 22",
    "perfctr-core, 80000001, 0, 2, 23",
    "succor, 80000007, 0, 1, 1",
    "invtsc, 80000007, 0, 3, 8",
    "ibpb, 80000008, 0, 1, 12",
    "amd-psfd, 80000008, 0, 1, 28",
    "npt, 8000000a, 0, 3, 0",
    "vgif, 8000000a, 0, 3, 16",
    "srso-no, 80000021, 0, 0, 29",
    "perfmon-v2, 80000022, 0, 0, 0",
    "kvm-steal-time, 40000001, 0, 0, 5",
    "kvm-pv-tlb-flush, 40000001, 0, 0, 9",
    "kvm-asyncpf-int, 40000001, 0, 0, 14",
    "kvmclock-stable-bit, 40000001, 0, 0, 24",
    "kvm-hint-dedicated, 40000001, 0, 3, 0",
  })
  void find_knowsTheBit(String name, String leaf, int subleaf, int register, int bit) {
    assertThat(CpuFeatures.find(name))
        .isEqualTo(
            new CpuFeature(name, Integer.parseUnsignedInt(leaf, 16), subleaf, register, 1 << bit));
  }

  @Test
  void find_knowsBothKvmClocksByOneName() {
    assertThat(CpuFeatures.require("kvmclock").mask()).isEqualTo(1 | 1 << 3);
  }

  @Test
  void find_takesEverySpelling() {
    CpuFeature feature = CpuFeatures.require("sse4.1");

    for (String spelling : List.of("sse4_1", "sse4-1", "sse4.1")) {
      assertThat(CpuFeatures.find(spelling)).isSameAs(feature);
    }
    assertThat(CpuFeatures.find("sse3")).isEqualTo(CpuFeatures.find("pni"));
    assertThat(CpuFeatures.find("kvm_pv_eoi")).isEqualTo(CpuFeatures.find("kvm-pv-eoi"));
  }

  @Test
  void find_isNullForWhatThereIsNot() {
    assertThat(CpuFeatures.find("avx3")).isNull();
  }

  @Test
  void names_areUniqueInEverySpelling() {
    Set<String> seen = new HashSet<>();
    for (String name : CpuFeatures.names()) {
      assertThat(seen.add(name.replace('_', '-').replace('.', '-'))).as(name).isTrue();
    }
    assertThat(CpuFeatures.names()).isSorted().hasSizeGreaterThan(200);
  }

  @Test
  void features_shareNoBit() {
    Map<CpuFeatures.Word, Integer> taken = new HashMap<>();
    Set<CpuFeature> features = new HashSet<>();
    for (String name : CpuFeatures.names()) {
      features.add(CpuFeatures.require(name));
    }
    for (CpuFeature feature : features) {
      CpuFeatures.Word word =
          new CpuFeatures.Word(feature.leaf(), feature.subleaf(), feature.register());
      int before = taken.getOrDefault(word, 0);
      assertThat(before & feature.mask()).as("%s", feature).isZero();
      assertThat(feature.mask()).as("%s", feature).isNotZero();
      taken.put(word, before | feature.mask());
    }
    assertThat(taken.keySet()).containsExactlyInAnyOrderElementsOf(CpuFeatures.words());
  }

  @Test
  void dependents_areAllInTheTable() {
    assertThat(CpuFeatures.dependents())
        .isNotEmpty()
        .allSatisfy(row -> assertThat(row).hasSizeGreaterThan(1));
  }

  @Test
  void models_nameOnlyKnownFeatures() {
    for (CpuModel model : CpuModel.values()) {
      if (!model.isHost()) {
        assertThat(CpuFeatures.listed(model.features())).as("%s", model).isNotEmpty();
      }
    }
  }

  @Test
  void where_isForAPerson() {
    assertThat(CpuFeatures.require("avx2").where()).isEqualTo("CPUID 0x7.0 EBX bit 5");
  }
}
