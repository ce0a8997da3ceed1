package dev.jvmm.vcpu.cpuid;

import dev.jvmm.core.text.Suggestion;
import dev.jvmm.core.vm.ConfigException;
import java.util.ArrayList;
import java.util.List;

/**
 * The CPU models that a guest can be given. Those that are not the host's own show the host's
 * vendor and caches, and none of its features beyond their list, less what the host lacks.
 */
public enum CpuModel {
  /** The host's own CPU, as KVM can show it. */
  HOST("host", "the host's CPU with every feature that KVM can show (default)", "", 0),
  /** In QEMU all that the accelerator can give: with KVM, the host's. */
  MAX("max", "every feature that KVM can show; the same as host", "", 0),
  /** What every x86-64 has. */
  QEMU64("qemu64", "the least of an x86-64 CPU", Sets.BASE + " lahf-lm", 0x0006_0FB1),
  /** What KVM could always show. */
  KVM64(
      "kvm64",
      "the least of an x86-64 CPU, with family and model of a Pentium 4",
      Sets.BASE,
      0xF61),
  /** The x86-64 psABI's level 2. */
  X86_64_V2("x86-64-v2", "x86-64 psABI level 2: SSE4.2, POPCNT", Sets.V2, 0x0006_0FB1),
  /** Level 2 and AES instructions. */
  X86_64_V2_AES("x86-64-v2-AES", "x86-64 psABI level 2 with AES", Sets.V2 + " aes", 0x0006_0FB1),
  /** The x86-64 psABI's level 3. */
  X86_64_V3("x86-64-v3", "x86-64 psABI level 3: AVX2, BMI, FMA", Sets.V3, 0x0006_0FB1),
  /** The x86-64 psABI's level 4. */
  X86_64_V4("x86-64-v4", "x86-64 psABI level 4: AVX-512", Sets.V4, 0x0006_0FB1);

  /** What the models hold, each level with the one below. */
  private static final class Sets {
    static final String BASE =
        "fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr"
            + " sse sse2 pni cx16 syscall nx lm arat";
    static final String V2 = BASE + " lahf-lm ssse3 sse4.1 sse4.2 popcnt";
    static final String V3 = V2 + " xsave avx avx2 bmi1 bmi2 f16c fma abm movbe";
    static final String V4 = V3 + " avx512f avx512bw avx512cd avx512dq avx512vl";
  }

  private final String spelling;
  private final String description;
  private final String features;
  private final int signature;

  CpuModel(String spelling, String description, String features, int signature) {
    this.spelling = spelling;
    this.description = description;
    this.features = features;
    this.signature = signature;
  }

  /** As the user writes it. */
  public String spelling() {
    return spelling;
  }

  /** One line for {@code -cpu help}. */
  public String description() {
    return description;
  }

  /** What a guest reads as the CPU's name, where the name is not the host's. */
  String brand() {
    return "jvmm ".concat(spelling);
  }

  /** Whether the leaves begin as the host's, rather than as a list of features. */
  public boolean isHost() {
    return features.isEmpty();
  }

  /** The names of its features, one blank between; empty for the host's own. */
  String features() {
    return features;
  }

  /** CPUID 1 EAX: stepping, model and family; 0 for the host's own. */
  int signature() {
    return signature;
  }

  /** The model of that name; unknown ones are refused with the nearest known one. */
  public static CpuModel named(String name) {
    List<String> known = new ArrayList<>();
    for (CpuModel model : values()) {
      if (model.spelling.equals(name)) {
        return model;
      }
      known.add(model.spelling);
    }
    String near = Suggestion.ending(name, known);
    throw new ConfigException(
        "cpu", name + ": no such CPU model" + (near.isEmpty() ? "; -cpu help lists them" : near));
  }
}
