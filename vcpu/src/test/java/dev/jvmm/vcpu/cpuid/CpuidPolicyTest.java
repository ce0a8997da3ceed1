package dev.jvmm.vcpu.cpuid;

import static dev.jvmm.vcpu.cpuid.RecordedCpuid.AMD;
import static dev.jvmm.vcpu.cpuid.RecordedCpuid.INTEL;
import static dev.jvmm.vcpu.cpuid.RecordedCpuid.brand;
import static dev.jvmm.vcpu.cpuid.RecordedCpuid.has;
import static dev.jvmm.vcpu.cpuid.RecordedCpuid.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.kvm.CpuidEntry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a guest reads of features, names and sizes; the topology has a test of its own. */
class CpuidPolicyTest {

  private static final CpuTopology ONE = CpuTopology.of(1);

  private static List<CpuidEntry> leaves(HostCpu host, String cpu) {
    return policy(host, cpu).entries(0);
  }

  private static CpuidPolicy policy(HostCpu host, String cpu) {
    return CpuidPolicy.of(host, CpuConfig.parse(cpu), ONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"host", "max", "qemu64", "kvm64", "x86-64-v2", "x86-64-v3"})
  void entries_areSortedUniqueAndWithinTheirLevels(String cpu) {
    for (HostCpu host : List.of(AMD, INTEL)) {
      List<CpuidEntry> entries = leaves(host, cpu);
      int level = read(entries, 0).eax();
      int xlevel = read(entries, 0x8000_0000).eax();

      assertThat(entries).hasSizeBetween(10, CpuidLeaves.MAX_ENTRIES);
      assertThat(entries)
          .isSortedAccordingTo(
              (a, b) ->
                  a.function() == b.function()
                      ? Integer.compare(a.index(), b.index())
                      : Integer.compareUnsigned(a.function(), b.function()))
          .doesNotHaveDuplicates()
          .allSatisfy(entry -> assertThat(entry.flags()).isBetween(0, 1));
      assertThat(entries)
          .allMatch(e -> e.function() < 0 || e.function() >= 0x4000_0000 || e.function() <= level)
          .allMatch(e -> e.function() >= 0 || e.function() <= xlevel);
    }
  }

  @Test
  void host_completesWhatKvmDoesNotList() {
    List<CpuidEntry> entries = leaves(AMD, "host");

    assertThat(has(entries, "hypervisor")).isTrue();
    assertThat(has(entries, "tsc-deadline")).isTrue();
    assertThat(has(entries, "x2apic")).isTrue();
    assertThat(has(entries, "osxsave")).isFalse();
    assertThat(brand(entries)).isEqualTo("AMD EPYC 7713 64-Core Processor");
    assertThat(read(entries, 0x4000_0000))
        .isEqualTo(new CpuidEntry(0x4000_0000, 0, 0, 0x4000_0001, 0x4B4D_564B, 0x564B_4D56, 0x4D));
    assertThat(read(entries, 0x4000_0001).eax()).isEqualTo(0x0100_7EFB);
  }

  @Test
  void host_keepsTheHostsFeaturesAndIdentity() {
    List<CpuidEntry> entries = leaves(INTEL, "host");
    CpuidEntry host = read(INTEL.supported(), 7);
    CpuidEntry guest = read(entries, 7);

    assertThat(guest.ebx()).isEqualTo(host.ebx() & ~(1 << 2));
    assertThat(guest.ecx()).isEqualTo(host.ecx() & ~(1 << 30));
    assertThat(guest.edx()).isEqualTo(host.edx());
    assertThat(read(entries, 1).eax()).isEqualTo(0x606A6);
    assertThat(read(entries, 0xD)).isEqualTo(read(INTEL.supported(), 0xD));
    assertThat(has(entries, "vmx")).isTrue();
  }

  @Test
  void host_leavesOutWhatTiesItToTheHost() {
    for (HostCpu host : List.of(AMD, INTEL)) {
      List<CpuidEntry> entries = leaves(host, "host");

      assertThat(has(entries, "invtsc")).isFalse();
      assertThat(has(entries, "sgx")).isFalse();
      assertThat(read(entries, 0x12).eax()).isZero();
      assertThat(read(entries, 0x8000_001F).eax()).isZero();
    }
  }

  @Test
  void host_showsTheInvariantTscWhenItNeedNotMigrate() {
    assertThat(has(leaves(AMD, "host,migratable=off"), "invtsc")).isTrue();
    assertThat(has(leaves(AMD, "host,+invtsc"), "invtsc")).isTrue();
  }

  @Test
  void host_hasCountersOnlyWhenAsked() {
    assertThat(read(leaves(INTEL, "host"), 0xA).eax()).isZero();
    assertThat(has(leaves(INTEL, "host"), "pdcm")).isFalse();
    assertThat(has(leaves(AMD, "host"), "perfctr-core")).isFalse();

    assertThat(read(leaves(INTEL, "host,pmu=on"), 0xA).eax()).isEqualTo(0x0830_0802);
    assertThat(has(leaves(INTEL, "host,pmu=on"), "pdcm")).isTrue();
    assertThat(has(leaves(AMD, "host,+pmu"), "perfctr-core")).isTrue();
  }

  @Test
  void host_showsArchCapabilitiesOnlyOnIntelWithTheMsr() {
    HostCpu without = new HostCpu(INTEL.supported(), true, false, () -> null);

    assertThat(has(leaves(INTEL, "host"), "arch-capabilities")).isTrue();
    assertThat(has(leaves(without, "host"), "arch-capabilities")).isFalse();
    assertThat(has(leaves(AMD, "host"), "arch-capabilities")).isFalse();
  }

  @Test
  void host_withoutTheTimerHasNoTscDeadline() {
    HostCpu without = new HostCpu(AMD.supported(), false, true, () -> null);

    assertThat(has(leaves(without, "host"), "tsc-deadline")).isFalse();
  }

  @Test
  void host_takesTheBrandStringFromElsewhereWhenKvmHasNone() {
    List<CpuidEntry> nameless = new ArrayList<>(AMD.supported());
    nameless.removeIf(e -> e.function() >= 0x8000_0002 && e.function() <= 0x8000_0004);
    HostCpu host = new HostCpu(nameless, true, true, () -> "A CPU");

    assertThat(brand(leaves(host, "host"))).isEqualTo("A CPU");
    assertThat(brand(leaves(new HostCpu(nameless, true, true, () -> null), "host"))).isEmpty();
  }

  @Test
  void settings_lastOneCounts() {
    assertThat(has(leaves(AMD, "host,-aes,+aes"), "aes")).isTrue();
    assertThat(has(leaves(AMD, "host,+aes,aes=off"), "aes")).isFalse();
  }

  @Test
  void settings_switchOffWhatTheHypervisorBrings() {
    List<CpuidEntry> entries =
        leaves(AMD, "host,-hypervisor,-x2apic,-tsc-deadline,-kvm-steal-time");

    assertThat(has(entries, "hypervisor")).isFalse();
    assertThat(has(entries, "x2apic")).isFalse();
    assertThat(has(entries, "tsc-deadline")).isFalse();
    assertThat(has(entries, "kvm-steal-time")).isFalse();
    assertThat(has(entries, "kvm-pv-eoi")).isTrue();
  }

  @Test
  void settings_switchingOffTakesWithItWhatStandsOnIt() {
    List<CpuidEntry> entries = leaves(INTEL, "host,-avx");

    assertThat(has(entries, "avx2")).isFalse();
    assertThat(has(entries, "fma")).isFalse();
    assertThat(has(entries, "avx512vl")).isFalse();
    assertThat(has(entries, "xsaves")).isTrue();
    assertThat(has(entries, "bmi2")).isTrue();
  }

  @Test
  void extendedState_followsTheFeatures() {
    CpuidEntry all = read(leaves(INTEL, "host,+aes"), 0xD);
    List<CpuidEntry> without = leaves(INTEL, "host,-avx512f");

    assertThat(all).isEqualTo(read(INTEL.supported(), 0xD));
    assertThat(read(without, 0xD).eax()).isEqualTo(0x207);
    assertThat(read(without, 0xD).ecx()).isEqualTo(0xA88);
    assertThat(read(without, 0xD, 6).eax()).isZero();
    assertThat(read(leaves(INTEL, "host,-avx512f,-pku"), 0xD).ecx()).isEqualTo(0x340);
    assertThat(read(leaves(INTEL, "host,-avx,-pku"), 0xD).ecx()).isEqualTo(0x240);
    assertThat(read(leaves(INTEL, "host,-xsave"), 0xD).eax()).isZero();
    assertThat(read(leaves(INTEL, "host,-xsaves"), 0xD, 1).ecx()).isZero();
  }

  @Test
  void settings_reachAmdsSecondCopy() {
    assertThat(read(leaves(AMD, "host,-mmx"), 0x8000_0001).edx() & 1 << 23).isZero();
    assertThat(read(leaves(AMD, "host,+mmx"), 0x8000_0001).edx() & 1 << 23).isNotZero();
    assertThat(read(leaves(INTEL, "host,+mmx"), 0x8000_0001).edx() & 1 << 23).isZero();
  }

  @Test
  void settings_svmTakesItsLeafWithIt() {
    assertThat(read(leaves(AMD, "host"), 0x8000_000A).ebx()).isEqualTo(8);
    assertThat(read(leaves(AMD, "host,-svm"), 0x8000_000A).ebx()).isZero();
    assertThat(read(leaves(AMD, "qemu64"), 0x8000_000A).ebx()).isZero();
    assertThat(read(leaves(AMD, "qemu64,+svm,+npt"), 0x8000_000A).edx()).isEqualTo(1);
  }

  @Test
  void missing_isAWarningByDefault() {
    CpuidPolicy policy = policy(AMD, "host,+hle,+avx512f");

    assertThat(policy.warnings())
        .containsExactly(
            "cpu host: this host's KVM can't show hle (CPUID 0x7.0 EBX bit 4),"
                + " avx512f (CPUID 0x7.0 EBX bit 16); the guest goes without");
    assertThat(has(policy.entries(0), "hle")).isFalse();
  }

  @Test
  void missing_isSilentWithoutCheckAndAnErrorWithEnforce() {
    assertThat(policy(AMD, "host,+hle,check=off").warnings()).isEmpty();
    assertThat(policy(AMD, "host,+hle,-hle").warnings()).isEmpty();
    assertThatThrownBy(() -> policy(AMD, "host,+hle,enforce"))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "cpu host: this host's KVM can't show hle (CPUID 0x7.0 EBX bit 4);"
                + " leave out enforce to go on without");
  }

  @Test
  void missing_isToldOfAModelToo() {
    assertThat(policy(AMD, "x86-64-v4").warnings())
        .singleElement()
        .asString()
        .startsWith("cpu x86-64-v4: this host's KVM can't show avx512f (");
    assertThat(policy(INTEL, "x86-64-v4").warnings()).isEmpty();
    assertThat(policy(AMD, "x86-64-v3").warnings()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(CpuModel.class)
  void models_showTheirOwnFeaturesAndNoOthers(CpuModel model) {
    List<CpuidEntry> entries = leaves(INTEL, model.spelling());
    List<CpuFeature> listed = model.isHost() ? List.of() : CpuFeatures.listed(model.features());

    assertThat(listed).allSatisfy(f -> assertThat(has(entries, f.name())).as(f.name()).isTrue());
    assertThat(has(entries, "hypervisor")).isTrue();
    assertThat(has(entries, "kvmclock")).isTrue();
    assertThat(has(entries, "avx512vbmi")).isEqualTo(model.isHost());
    assertThat(has(entries, "vmx")).isEqualTo(model.isHost());
    assertThat(has(entries, "spec-ctrl")).isEqualTo(model.isHost());
  }

  @Test
  void models_hideWhichHostItIs() {
    List<CpuidEntry> entries = leaves(INTEL, "qemu64");

    assertThat(brand(entries)).isEqualTo("jvmm qemu64");
    assertThat(read(entries, 1).eax()).isEqualTo(0x60FB1);
    assertThat(read(entries, 0).eax()).isEqualTo(0xD);
    assertThat(read(entries, 0x8000_0000).eax()).isEqualTo(0x8000_0008);
    assertThat(read(entries, 0x15).eax()).isZero();
    assertThat(read(entries, 0xD).eax()).isZero();
    assertThat(read(leaves(INTEL, "x86-64-v3"), 0xD).eax()).isEqualTo(7);
    assertThat(read(leaves(INTEL, "x86-64-v3"), 0xD).ecx()).isEqualTo(0x340);
  }

  @Test
  void identity_isWhatTheUserSaid() {
    List<CpuidEntry> entries =
        leaves(AMD, "host,vendor=GenuineIntel,family=6,model=0x55,stepping=4,model-id=My CPU");

    assertThat(read(entries, 1).eax()).isEqualTo(0x50654);
    assertThat(brand(entries)).isEqualTo("My CPU");
    assertThat(read(entries, 0).ebx()).isEqualTo(0x756E_6547);
    assertThat(read(entries, 0).edx()).isEqualTo(0x4965_6E69);
    assertThat(read(entries, 0).ecx()).isEqualTo(0x6C65_746E);
    assertThat(read(leaves(AMD, "host,family=25"), 1).eax()).isEqualTo(0xA00F11);
  }

  @Test
  void limits_cutTheLeaves() {
    List<CpuidEntry> entries = leaves(AMD, "host,level=7,xlevel=0x80000004");

    assertThat(read(entries, 0).eax()).isEqualTo(7);
    assertThat(read(entries, 0xB, 1).ecx()).isZero();
    assertThat(read(entries, 0x8000_0000).eax()).isEqualTo(0x8000_0004);
    assertThat(read(entries, 0x8000_0008).eax()).isZero();
  }

  @Test
  void physBits_followTheHostUnlessTold() {
    assertThat(policy(INTEL, "host").physBits()).isEqualTo(46);
    assertThat(policy(INTEL, "qemu64").physBits()).isEqualTo(46);
    assertThat(policy(INTEL, "host,phys-bits=40").physBits()).isEqualTo(40);
    assertThat(policy(INTEL, "host,host-phys-bits-limit=42").physBits()).isEqualTo(42);
    assertThat(policy(INTEL, "host,host-phys-bits-limit=50").physBits()).isEqualTo(46);
    assertThat(read(leaves(INTEL, "host,phys-bits=40"), 0x8000_0008).eax()).isEqualTo(0x3928);
  }

  @Test
  void physBits_beyondTheHostsAreToldOf() {
    assertThat(policy(INTEL, "host,phys-bits=48").warnings())
        .containsExactly("cpu phys-bits=48: this host's CPU has 46");
  }

  @Test
  void kvmOff_hidesTheHypervisorsLeaves() {
    List<CpuidEntry> entries = leaves(AMD, "host,kvm=off");

    assertThat(read(entries, 0x4000_0000).ebx()).isZero();
    assertThat(read(entries, 0x4000_0001).eax()).isZero();
    assertThat(has(entries, "hypervisor")).isTrue();
  }

  @Test
  void apicIdsAbove254_needX2apicAndTellTheGuestHowToReachThem() {
    CpuTopology big = CpuTopology.of(300);
    CpuidPolicy policy = CpuidPolicy.of(AMD, CpuConfig.HOST, big);

    assertThat(has(policy.entries(299), "kvm-msi-ext-dest-id")).isTrue();
    assertThat(has(leaves(AMD, "host"), "kvm-msi-ext-dest-id")).isFalse();
    assertThatThrownBy(() -> CpuidPolicy.of(AMD, CpuConfig.parse("host,-x2apic"), big))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "cpu x2apic=off: this topology needs APIC id 299; without x2apic the last is 254");
  }

  @Test
  void entries_ofAnApicIdThatCanNotBeThrows() {
    CpuidPolicy policy = policy(AMD, "host");

    assertThatThrownBy(() -> policy.entries(1)).isInstanceOf(IllegalArgumentException.class);
  }
}
