package dev.jvmm.vcpu.cpuid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.vcpu.cpuid.CpuConfig.Identity;
import dev.jvmm.vcpu.cpuid.CpuConfig.Limits;
import dev.jvmm.vcpu.cpuid.CpuConfig.Setting;
import dev.jvmm.vcpu.cpuid.CpuConfig.Switches;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CpuConfigTest {

  @Test
  void parse_ofHostIsTheDefault() {
    assertThat(CpuConfig.parse("host")).isSameAs(CpuConfig.HOST);
    assertThat(CpuConfig.HOST.isPlainHost()).isTrue();
  }

  @Test
  void parse_keepsTheOrderOfFeatures() {
    CpuConfig config = CpuConfig.parse("host,+avx2,-svm,x2apic=on,sse4_1=off,aes");

    assertThat(config.settings())
        .containsExactly(
            new Setting(CpuFeatures.require("avx2"), true),
            new Setting(CpuFeatures.require("svm"), false),
            new Setting(CpuFeatures.require("x2apic"), true),
            new Setting(CpuFeatures.require("sse4.1"), false),
            new Setting(CpuFeatures.require("aes"), true));
    assertThat(config.isPlainHost()).isFalse();
  }

  @Test
  void parse_takesIdentityAndLimits() {
    CpuConfig config =
        CpuConfig.parse(
            "qemu64,vendor=GenuineIntel,model-id=My CPU,family=6,model=0x55,stepping=4,"
                + "level=0x16,xlevel=0x80000008,phys-bits=39,host-phys-bits-limit=46");

    assertThat(config.model()).isEqualTo(CpuModel.QEMU64);
    assertThat(config.identity()).isEqualTo(new Identity("GenuineIntel", "My CPU", 6, 0x55, 4));
    assertThat(config.limits()).isEqualTo(new Limits(0x16, 0x8000_0008, 39, 46));
  }

  @Test
  void parse_takesSwitchesInEveryForm() {
    CpuConfig config = CpuConfig.parse("max,migratable=no,-kvm,+enforce,check=off,pmu");

    assertThat(config.switches()).isEqualTo(new Switches(false, false, false, true, true));
    assertThat(config.isPlainHost()).isTrue();
  }

  @Test
  void parse_givesQemusWidthWhenNotFollowingTheHost() {
    assertThat(CpuConfig.parse("host,host-phys-bits=off").limits().physBits()).isEqualTo(40);
    assertThat(CpuConfig.parse("host,host-phys-bits=on").limits()).isEqualTo(Limits.AS_MODEL);
  }

  @Test
  void parse_toleratesACommaTooMany() {
    assertThat(CpuConfig.parse("host,,")).isEqualTo(CpuConfig.HOST);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hots | cpu hots: no such CPU model; did you mean host?",
        "EPYC-Rome | cpu EPYC-Rome: no such CPU model; -cpu help lists them",
        "host,+avx3 | cpu host,+avx3: no CPU feature or property avx3; did you mean avx?",
        "host,migratabel=on |"
            + " cpu host,migratabel=on: no CPU feature or property migratabel;"
            + " did you mean migratable?",
        "host,frobnicate=on |"
            + " cpu host,frobnicate=on: no CPU feature or property frobnicate;"
            + " -cpu help lists them",
        "host,avx2=maybe | cpu host,avx2=maybe: avx2 takes on or off, not maybe",
        "host,family=x | cpu host,family=x: family takes a number, not x",
        "host,family=271 | cpu host,family=271: family takes 0 to 270",
        "host,phys-bits=53 | cpu host,phys-bits=53: phys-bits takes 32 to 52",
        "host,xlevel=8 | cpu host,xlevel=8: xlevel takes 0x80000000 to 0x800000ff",
        "host,vendor=me | cpu host,vendor=me: vendor takes 12 characters, as GenuineIntel has",
        "host,l3-cache=off |"
            + " cpu host,l3-cache=off: l3-cache can't be off: a guest always sees the host's caches",
      })
  void parse_refusesWithOneSentence(String text, String sentence) {
    assertThatThrownBy(() -> CpuConfig.parse(text))
        .isInstanceOf(ConfigException.class)
        .hasMessage(sentence);
  }

  @Test
  void parse_refusesABrandStringThatDoesNotFit() {
    assertThat(CpuConfig.parse("host,model-id=" + "x".repeat(47))).isNotNull();
    assertThatThrownBy(() -> CpuConfig.parse("host,model-id=" + "x".repeat(48)))
        .hasMessageEndingWith(": model-id takes at most 47 characters");
  }

  @Test
  void help_namesEveryModelAndFeature() {
    String help = CpuHelp.text();

    for (CpuModel model : CpuModel.values()) {
      assertThat(help).contains("  " + model.spelling() + " ").contains(model.description());
    }
    assertThat(help.split("\\s+", -1)).containsAll(CpuFeatures.names());
    assertThat(help.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThan(100));
  }
}
