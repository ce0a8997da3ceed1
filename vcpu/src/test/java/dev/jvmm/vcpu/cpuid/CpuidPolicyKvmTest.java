package dev.jvmm.vcpu.cpuid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jvmm.kvm.CpuidEntry;
import dev.jvmm.kvm.Kvm;
import dev.jvmm.kvm.VcpuFd;
import dev.jvmm.kvm.VmFd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The kernel takes our leaves, and gives them back. */
@Tag("kvm")
class CpuidPolicyKvmTest {

  @BeforeAll
  static void needsKvm() {
    assumeTrue(Files.isWritable(Path.of("/dev/kvm")), "/dev/kvm does not open");
  }

  @ParameterizedTest
  @CsvSource({
    "host, 1",
    "host, 3",
    "host, 8",
    "max, 1",
    "max, 3",
    "max, 8",
    "qemu64, 1",
    "qemu64, 3",
    "qemu64, 8",
    "x86-64-v3, 2",
    "'host,-rdtscp,kvm=off,migratable=off,pmu=on', 2",
  })
  void setCpuid_takesEveryVcpusLeaves(String cpu, int cpus) {
    try (Kvm kvm = Kvm.open();
        VmFd vm = kvm.createVm()) {
      vm.createIrqchip();
      CpuTopology topology = CpuTopology.of(cpus);
      topology.checkHost(kvm.maxVcpus(), kvm.maxVcpuId());
      CpuidPolicy policy = CpuidPolicy.of(HostCpu.of(kvm), CpuConfig.parse(cpu), topology);

      for (int apicId : topology.apicIds()) {
        try (VcpuFd vcpu = vm.createVcpu(apicId)) {
          vcpu.setCpuid2(policy.entries(apicId));

          assertTaken(policy.entries(apicId), vcpu.getCpuid2());
        }
      }
    }
  }

  @Test
  void hostCpu_isAskedOfKvmOnceAndCannotBeChanged() {
    try (Kvm kvm = Kvm.open();
        Kvm other = Kvm.open()) {
      HostCpu host = HostCpu.of(kvm);

      assertThat(HostCpu.of(other)).isSameAs(host);
      assertThatThrownBy(host.supported()::clear).isInstanceOf(UnsupportedOperationException.class);
    }
  }

  @Test
  void setCpuid_takesAnApicIdAbove255() {
    try (Kvm kvm = Kvm.open();
        VmFd vm = kvm.createVm()) {
      vm.createIrqchip();
      assumeTrue(kvm.maxVcpuId() > 300, "this KVM takes no APIC id above 255");
      CpuTopology topology = new CpuTopology(300, 3, 50, 2, 300);
      CpuidPolicy policy = CpuidPolicy.of(HostCpu.of(kvm), CpuConfig.HOST, topology);
      int apicId = topology.maxApicId();

      try (VcpuFd vcpu = vm.createVcpu(apicId)) {
        vcpu.setCpuid2(policy.entries(apicId));

        assertTaken(policy.entries(apicId), vcpu.getCpuid2());
        assertThat(RecordedCpuid.read(vcpu.getCpuid2(), 0xB, 1).edx()).isEqualTo(apicId);
      }
    }
  }

  /**
   * KVM itself follows the guest in leaf 1 ECX (OSXSAVE), 7 ECX (OSPKE) and the sizes of 0xD, and
   * the module kvm_pvm adds the CPU's own features there. Of leaf 1 ours must be a part; what 7 and
   * 0xD hold is compared on recorded hosts.
   */
  private static void assertTaken(List<CpuidEntry> ours, List<CpuidEntry> kvms) {
    assertThat(kvms)
        .filteredOn(e -> !belongsToKvm(e))
        .isEqualTo(ours.stream().filter(e -> !belongsToKvm(e)).toList());
    CpuidEntry given = RecordedCpuid.read(ours, 1);
    CpuidEntry taken = RecordedCpuid.read(kvms, 1);
    assertThat(taken.eax()).isEqualTo(given.eax());
    assertThat(taken.ebx()).isEqualTo(given.ebx());
    assertThat(taken.ecx() & given.ecx()).isEqualTo(given.ecx());
    assertThat(taken.edx() & given.edx()).isEqualTo(given.edx());
  }

  private static boolean belongsToKvm(CpuidEntry entry) {
    return entry.function() == 1 || entry.function() == 7 || entry.function() == 0xD;
  }
}
