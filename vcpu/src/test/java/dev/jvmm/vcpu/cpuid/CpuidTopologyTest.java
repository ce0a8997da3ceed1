package dev.jvmm.vcpu.cpuid;

import static dev.jvmm.vcpu.cpuid.RecordedCpuid.AMD;
import static dev.jvmm.vcpu.cpuid.RecordedCpuid.INTEL;
import static dev.jvmm.vcpu.cpuid.RecordedCpuid.has;
import static dev.jvmm.vcpu.cpuid.RecordedCpuid.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.kvm.CpuidEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** The leaves of topology say the same thing in each of their forms. */
class CpuidTopologyTest {

  private static final CpuTopology SIX_CORES = new CpuTopology(24, 2, 6, 2, 24);

  private static List<CpuidEntry> leaves(HostCpu host, CpuTopology topology, int index) {
    return CpuidPolicy.of(host, CpuConfig.HOST, topology).entries(topology.apicId(index));
  }

  private static CpuTopology random(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    int sockets = 1 + random.nextInt(4);
    int cores = 1 + random.nextInt(40);
    int threads = 1 + random.nextInt(3);
    return new CpuTopology(1, sockets, cores, threads, sockets * cores * threads);
  }

  @RepeatedTest(100)
  void x2apicLevels_areTheTopologysWidths(RepetitionInfo repetition) {
    CpuTopology topology = random(repetition);
    int last = topology.maxCpus() - 1;
    for (HostCpu host : List.of(AMD, INTEL)) {
      List<CpuidEntry> entries = leaves(host, topology, last);
      CpuidEntry threads = read(entries, 0xB, 0);
      CpuidEntry cores = read(entries, 0xB, 1);

      assertThat(threads.eax()).as("%s", topology).isEqualTo(topology.threadBits());
      assertThat(threads.ebx()).isEqualTo(topology.threads());
      assertThat(threads.ecx()).isEqualTo(0x100);
      assertThat(cores.eax()).isEqualTo(topology.packageBits());
      assertThat(cores.ebx()).isEqualTo(topology.cores() * topology.threads());
      assertThat(cores.ecx()).isEqualTo(0x201);
      for (int level = 0; level < 3; level++) {
        assertThat(read(entries, 0xB, level).edx()).isEqualTo(topology.apicId(last));
        assertThat(read(entries, 0xB, level).flags()).isEqualTo(CpuidEntry.SIGNIFICANT_INDEX);
      }
      assertThat(read(entries, 0xB, 2).ecx()).isEqualTo(2);
    }
  }

  @RepeatedTest(100)
  void leaf1_countsAsManyIdsAsTheLevels(RepetitionInfo repetition) {
    CpuTopology topology = random(repetition);
    int last = topology.maxCpus() - 1;
    for (HostCpu host : List.of(AMD, INTEL)) {
      List<CpuidEntry> entries = leaves(host, topology, last);
      int ebx = read(entries, 1).ebx();
      int logical = (ebx >>> 16) & 0xFF;
      int idBits = Integer.SIZE - Integer.numberOfLeadingZeros(logical - 1);

      assertThat(ebx >>> 24).as("%s", topology).isEqualTo(topology.apicId(last) & 0xFF);
      assertThat((ebx >>> 8) & 0xFF).isEqualTo(8);
      assertThat(idBits).isBetween(0, read(entries, 0xB, 1).eax());
      assertThat(logical).isGreaterThanOrEqualTo(topology.threadsPerSocket());
      assertThat(has(entries, "ht")).isEqualTo(topology.threadsPerSocket() > 1);
    }
  }

  @RepeatedTest(100)
  void leaf4_sharesAlongTheLevels(RepetitionInfo repetition) {
    CpuTopology topology = random(repetition);
    List<CpuidEntry> entries = leaves(INTEL, topology, 0);
    for (int cache = 0; cache < 4; cache++) {
      int eax = read(entries, 4, cache).eax();
      int sharing = ((eax >>> 14) & 0xFFF) + 1;
      int coreIds = (eax >>> 26) + 1;
      boolean own = cache < 3;

      assertThat(sharing)
          .as("%s cache %d", topology, cache)
          .isEqualTo(1 << (own ? topology.threadBits() : topology.packageBits()));
      assertThat(coreIds).isEqualTo(Math.min(1 << topology.coreBits(), 64));
      assertThat(eax & 0x3FFF).isEqualTo(read(INTEL.supported(), 4, cache).eax() & 0x3FFF);
    }
    assertThat(read(entries, 4, 4).eax()).isZero();
  }

  @RepeatedTest(100)
  void amdLeaves_sayWhatTheLevelsSay(RepetitionInfo repetition) {
    CpuTopology topology = random(repetition);
    CpuidPolicy policy = CpuidPolicy.of(AMD, CpuConfig.HOST, topology);
    for (int index = 0; index < topology.maxCpus(); index++) {
      int apicId = topology.apicId(index);
      CpuidEntry own = read(policy.entries(apicId), 0x8000_001E);

      assertThat(own.eax()).as("%s CPU %d", topology, index).isEqualTo(apicId);
      assertThat(own.ebx() & 0xFF).isEqualTo(index / topology.threads() % topology.cores());
      assertThat((own.ebx() >>> 8) + 1).isEqualTo(topology.threads());
      assertThat(own.ecx()).isEqualTo(index / topology.threads() / topology.cores());
    }
    List<CpuidEntry> entries = policy.entries(0);
    int sizes = read(entries, 0x8000_0008).ecx();
    boolean several = topology.threadsPerSocket() > 1;
    assertThat(sizes & 0xFF).isEqualTo(topology.threadsPerSocket() - 1);
    assertThat(sizes >>> 12).isEqualTo(several ? topology.packageBits() : 0);
    assertThat(has(entries, "cmp-legacy")).isEqualTo(several);
    assertThat((read(entries, 0x8000_001D, 3).eax() >>> 14) + 1)
        .isEqualTo(1 << topology.packageBits());
    assertThat((read(entries, 0x8000_001D, 0).eax() >>> 14) + 1)
        .isEqualTo(1 << topology.threadBits());
  }

  @Test
  void leaf1F_isThereWhereTheHostReachesIt() {
    assertThat(read(leaves(INTEL, SIX_CORES, 13), 0x1F, 1))
        .isEqualTo(new CpuidEntry(0x1F, 1, 1, 4, 12, 0x201, SIX_CORES.apicId(13)));
    assertThat(read(leaves(AMD, SIX_CORES, 13), 0x1F, 1).ecx()).isZero();
    assertThat(
            read(CpuidPolicy.of(INTEL, CpuConfig.parse("qemu64"), SIX_CORES).entries(0), 0x1F, 1)
                .ecx())
        .isZero();
  }

  @Test
  void intelGuests_readNothingOfAmdsLeaves() {
    List<CpuidEntry> entries = leaves(INTEL, SIX_CORES, 0);

    assertThat(has(entries, "cmp-legacy")).isFalse();
    assertThat(has(entries, "topoext")).isFalse();
    assertThat(read(entries, 0x8000_0008).ecx()).isZero();
    assertThat(read(entries, 0x8000_001E).ebx()).isZero();
  }

  @Test
  void amdWithoutTopoext_hasNoTopologyLeaf() {
    List<CpuidEntry> entries =
        CpuidPolicy.of(AMD, CpuConfig.parse("host,-topoext"), SIX_CORES).entries(0);

    assertThat(read(entries, 0x8000_001E).ebx()).isZero();
    assertThat(read(entries, 0x8000_001D).eax()).isZero();
    assertThat(read(entries, 0xB).ebx()).isEqualTo(2);
  }

  /** KVM under an emulator lists no TOPOEXT, without which Linux finds no threads on AMD's CPUs. */
  @Test
  void amdHostWithoutTopoext_showsThreadsAllTheSame() {
    List<CpuidEntry> entries = leaves(amdWithoutTopoext(), SIX_CORES, 13);

    assertThat(has(entries, "topoext")).isTrue();
    assertThat(read(entries, 0x8000_0000).eax()).isEqualTo(0x8000_0021);
    CpuidEntry own = read(entries, 0x8000_001E);
    assertThat(own.eax()).isEqualTo(SIX_CORES.apicId(13));
    assertThat(own.ebx()).isEqualTo(1 << 8); // thread 1 of core 0
    assertThat(own.ecx()).isEqualTo(1);
  }

  @Test
  void amdHostWithoutTopoext_hasItsCachesFromTheOlderLeaves() {
    List<CpuidEntry> entries = leaves(amdWithoutTopoext(), SIX_CORES, 0);

    for (int cache = 0; cache < 3; cache++) {
      CpuidEntry made = read(entries, 0x8000_001D, cache);
      CpuidEntry recorded = read(AMD.supported(), 0x8000_001D, cache);
      assertThat(made.eax()).isEqualTo((recorded.eax() & 0x3FFF) | (1 << 14)); // two threads
      assertThat(made.ebx()).isEqualTo(recorded.ebx());
      assertThat(made.ecx()).isEqualTo(recorded.ecx());
      assertThat(made.flags()).isEqualTo(CpuidEntry.SIGNIFICANT_INDEX);
    }
    assertThat(read(entries, 0x8000_001D, 4).eax()).isZero();
  }

  @Test
  void amdHostWithoutTopoext_getsNoneForOneThread() {
    CpuTopology cores = CpuTopology.of(4);

    assertThat(has(leaves(amdWithoutTopoext(), cores, 0), "topoext")).isFalse();
    CpuidPolicy asked =
        CpuidPolicy.of(amdWithoutTopoext(), CpuConfig.parse("host,+topoext"), cores);
    assertThat(has(asked.entries(0), "topoext")).isTrue();
    assertThat(asked.warnings()).isEmpty();
  }

  @Test
  void baselineModel_onAmdShowsThreads() {
    List<CpuidEntry> entries =
        CpuidPolicy.of(AMD, CpuConfig.parse("qemu64"), SIX_CORES).entries(SIX_CORES.apicId(1));

    assertThat(has(entries, "topoext")).isTrue();
    assertThat(read(entries, 0x8000_001E).ebx()).isEqualTo(1 << 8);
  }

  private static HostCpu amdWithoutTopoext() {
    List<CpuidEntry> entries = new ArrayList<>();
    for (CpuidEntry e : AMD.supported()) {
      if (e.function() == 0x8000_0001) {
        int ecx = e.ecx() & ~(1 << 22);
        entries.add(new CpuidEntry(e.function(), 0, 0, e.eax(), e.ebx(), ecx, e.edx()));
      } else if (e.function() != 0x8000_001D && e.function() != 0x8000_001E) {
        entries.add(e);
      }
    }
    return new HostCpu(entries, true, true, () -> null);
  }

  @Test
  void zen1_isRaisedToTheLevelsOfX2apic() {
    List<CpuidEntry> old = AMD.supported().stream().filter(RecordedCpuid::isBelowB).toList();
    HostCpu host = new HostCpu(RecordedCpuid.withLevel(old, 7), true, true, () -> null);

    List<CpuidEntry> entries = leaves(host, SIX_CORES, 1);

    assertThat(read(entries, 0).eax()).isEqualTo(0xB);
    assertThat(read(entries, 0xB).edx()).isEqualTo(1);
  }
}
