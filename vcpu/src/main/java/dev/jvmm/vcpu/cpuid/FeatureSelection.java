package dev.jvmm.vcpu.cpuid;

import static dev.jvmm.vcpu.cpuid.CpuidLeaves.EDX;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Applies a model's list of features and the user's settings to the leaves. Used only when there
 * are any: it loads {@link CpuFeatures}.
 *
 * <p>Thread: confined to the policy that makes it.
 */
final class FeatureSelection {

  /** What the hypervisor itself brings: on in every model unless switched off. */
  private static final String ALWAYS = "hypervisor x2apic tsc-deadline";

  /** What follows from other choices: asking for it is not wrong, even if the host lacks it. */
  private static final String OURS = "ht cmp-legacy kvm-msi-ext-dest-id kvm-hint-dedicated";

  /** The same on AMD's CPUs. */
  private static final String OURS_ON_AMD = OURS + " topoext";

  private static final int KVM_FEATURES = 0x4000_0001;

  private final CpuidLeaves leaves;
  private final CpuidLeaves able;
  private final CpuConfig config;

  /** By name: linking a record's own hashCode costs a start-up milliseconds. */
  private final Map<String, CpuFeature> missing = new LinkedHashMap<>();

  /**
   * Prepares.
   *
   * @param leaves begin with the host's and are changed
   * @param able what this host's KVM can show
   */
  FeatureSelection(CpuidLeaves leaves, CpuidLeaves able, CpuConfig config) {
    this.leaves = leaves;
    this.able = able;
    this.config = config;
    for (CpuFeature feature : CpuFeatures.listed(Vendor.isAmdLike(leaves) ? OURS_ON_AMD : OURS)) {
      able.set(feature.leaf(), feature.register(), bits(able, feature) | feature.mask());
    }
  }

  /** Does it, and answers the features that were asked for but that the host lacks. */
  Collection<CpuFeature> apply() {
    if (!config.model().isHost()) {
      startFromModel();
    }
    for (CpuConfig.Setting setting : config.settings()) {
      if (setting.on()) {
        turnOn(setting.feature());
      } else {
        turnOff(setting.feature());
      }
    }
    dropDependents();
    AmdAliases.mirror(leaves);
    XsaveLeaves.followFeatures(leaves);
    return missing.values();
  }

  private void startFromModel() {
    for (CpuFeatures.Word word : CpuFeatures.words()) {
      if (word.leaf() != KVM_FEATURES) {
        leaves.set(word.leaf(), word.subleaf(), word.register(), 0);
      }
    }
    for (int row = leaves.rows() - 1; row >= 0; row--) {
      if (!belongsToModels(leaves.function(row))) {
        leaves.removeRow(row);
      }
    }
    for (CpuFeature feature : CpuFeatures.listed(config.model().features())) {
      turnOn(feature);
    }
    for (CpuFeature feature : CpuFeatures.listed(ALWAYS)) {
      turnOn(feature);
      missing.remove(feature.name());
    }
  }

  /** Leaves that name vendor, features, caches, sizes; the counters only when asked for. */
  private boolean belongsToModels(int leaf) {
    return switch (leaf) {
      case 0, 1, 2, 4, 6, 7, 0xB, 0xD, 0x4000_0000, KVM_FEATURES -> true;
      case 0x8000_0000, 0x8000_0001, 0x8000_0005, 0x8000_0006, 0x8000_0007, 0x8000_0008 -> true;
      case 0x8000_0002, 0x8000_0003, 0x8000_0004 -> true;
      case 0x8000_000A, 0x8000_001D, 0x8000_0021 -> true;
      case 0xA, 0x8000_0022 -> config.switches().pmu();
      default -> false;
    };
  }

  private void turnOn(CpuFeature feature) {
    int can = able.get(feature.leaf(), feature.subleaf(), feature.register()) & feature.mask();
    if (can == 0) {
      missing.put(feature.name(), feature);
      return;
    }
    leaves.set(feature.leaf(), feature.subleaf(), feature.register(), bits(leaves, feature) | can);
  }

  private void turnOff(CpuFeature feature) {
    missing.remove(feature.name());
    leaves.set(
        feature.leaf(),
        feature.subleaf(),
        feature.register(),
        bits(leaves, feature) & ~feature.mask());
  }

  /**
   * A guest that sees AVX2 uses it, though AVX was switched off: what it stands on goes with it.
   */
  private void dropDependents() {
    for (List<CpuFeature> row : CpuFeatures.dependents()) {
      CpuFeature need = row.getFirst();
      if ((bits(leaves, need) & need.mask()) == 0) {
        for (CpuFeature dependent : row.subList(1, row.size())) {
          boolean told = missing.containsKey(dependent.name());
          turnOff(dependent);
          if (told) {
            missing.put(dependent.name(), dependent);
          }
        }
      }
    }
  }

  private static int bits(CpuidLeaves leaves, CpuFeature feature) {
    return leaves.get(feature.leaf(), feature.subleaf(), feature.register());
  }

  /** AMD shows much of leaf 1 EDX a second time in 0x80000001 EDX. */
  private static final class AmdAliases {

    private static final int MASK = 0x0183_F3FF;

    static void mirror(CpuidLeaves leaves) {
      if (Vendor.isAmdLike(leaves)) {
        int own = leaves.get(0x8000_0001, EDX) & ~MASK;
        leaves.set(0x8000_0001, EDX, own | (leaves.get(1, EDX) & MASK));
      }
    }
  }
}
