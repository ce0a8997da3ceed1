package dev.jvmm.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.linux.LinuxException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kvm")
class SystemKvmTest {

  @Test
  void open_hasTheOneApiVersion() {
    try (Kvm kvm = TinyGuest.openKvm()) {
      assertThat(kvm.apiVersion()).isEqualTo(Kvm.API_VERSION);
    }
  }

  @Test
  void checkExtension_knowsWhatEveryKvmHas() {
    try (Kvm kvm = TinyGuest.openKvm()) {
      assertThat(kvm.checkExtension(Capability.USER_MEMORY)).isPositive();
      assertThat(kvm.checkExtension(Capability.IMMEDIATE_EXIT)).isPositive();
      assertThat(kvm.checkExtension(Capability.NR_MEMSLOTS)).isGreaterThan(30);
    }
  }

  @Test
  void limits_areOrdered() {
    try (Kvm kvm = TinyGuest.openKvm()) {
      assertThat(kvm.recommendedVcpus()).isPositive().isLessThanOrEqualTo(kvm.maxVcpus());
      assertThat(kvm.maxVcpuId()).isGreaterThanOrEqualTo(kvm.maxVcpus());
      assertThat(kvm.vcpuMmapSize()).isGreaterThanOrEqualTo(2 * 4096);
    }
  }

  @Test
  void supportedCpuid_beginsWithTheVendor() {
    try (Kvm kvm = TinyGuest.openKvm()) {
      assertThat(kvm.supportedCpuid())
          .hasSizeGreaterThan(5)
          .anySatisfy(
              leaf -> {
                assertThat(leaf.function()).isZero();
                assertThat(leaf.eax()).isPositive();
                assertThat(leaf.ebx()).isNotZero();
              });
    }
  }

  @Test
  void msrIndexList_holdsTheTsc() {
    try (Kvm kvm = TinyGuest.openKvm()) {
      assertThat(kvm.msrIndexList()).contains(0x10).doesNotHaveDuplicates();
    }
  }

  @Test
  void featureMsrs_readsWhatTheListNames() {
    try (Kvm kvm = TinyGuest.openKvm()) {
      int[] indices = kvm.msrFeatureIndexList();
      assertThat(kvm.featureMsrs(indices, new long[indices.length])).isEqualTo(indices.length);
    }
  }

  @Test
  void open_ofSomethingElse_isRefused() {
    assertThatThrownBy(() -> Kvm.open("/dev/null"))
        .isInstanceOf(LinuxException.class)
        .hasMessage("KVM_GET_API_VERSION /dev/null: ENOTTY: Inappropriate ioctl for device");
  }

  @Test
  void open_ofNothing_namesThePath() {
    assertThatThrownBy(() -> Kvm.open("/dev/no-kvm"))
        .hasMessage("open /dev/no-kvm: ENOENT: No such file or directory");
  }

  @Test
  void createVcpu_twiceWithOneId_isRefused() {
    try (TinyGuest guest = TinyGuest.realMode()) {
      assertThatThrownBy(() -> guest.vm().createVcpu(0)).hasMessageContaining("EEXIST");
    }
  }
}
