package dev.jvmm.vcpu.cpuid;

import static dev.jvmm.vcpu.cpuid.CpuidLeaves.EAX;
import static dev.jvmm.vcpu.cpuid.CpuidLeaves.ECX;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.kvm.CpuidEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/**
 * Makes the CPUID leaves of each vCPU from what KVM can show, what the user asked for and the
 * topology.
 *
 * <p>{@code -cpu host} costs one pass over KVM's list; the table of features is loaded only when a
 * model or a feature is named.
 *
 * <p>Immutable once made: safe from any thread.
 */
public final class CpuidPolicy {

  private static final int KVM_SIGNATURE = 0x4000_0000;
  private static final int KVM_FEATURES = 0x4000_0001;
  private static final int KVM_FEATURE_MSI_EXT_DEST_ID = 1 << 15;
  private static final int ECX1_X2APIC = 1 << 21;
  private static final int ECX81_SVM = 1 << 2;

  /** The last APIC id that the older mode and an MSI's plain address can name; 255 is all CPUs. */
  private static final int MAX_XAPIC_ID = 254;

  /** Models reach to the extended state and to the address widths at least. */
  private static final int MODEL_LEVEL = 0xD;

  private static final int MODEL_XLEVEL = 0x8000_0008;

  private static final int DEFAULT_PHYS_BITS = 36;

  private final CpuTopology topology;
  private final TopologyLeaves topologyLeaves;
  private final List<String> warnings;
  private final int physBits;
  private final CpuidEntry[] common;

  private CpuidPolicy(HostCpu host, CpuConfig config, CpuTopology topology) {
    this.topology = topology;
    this.topologyLeaves = new TopologyLeaves(topology);
    List<String> told = new ArrayList<>(0);
    CpuidLeaves leaves = HostLeaves.of(host);
    CpuidLeaves able = config.isPlainHost() ? leaves : leaves.copy();
    HostLeaves.dropUnasked(leaves, config.switches());
    putIdentity(leaves, config);
    if (!config.isPlainHost()) {
      report(new FeatureSelection(leaves, able, config).apply(), config, told);
    }
    checkApicIds(leaves);
    this.physBits = putPhysBits(leaves, config.limits(), told);
    topologyLeaves.putCommon(leaves, Vendor.isAmdLike(leaves), !config.turnsOff("topoext"));
    if ((leaves.get(0x8000_0001, ECX) & ECX81_SVM) == 0) {
      leaves.remove(0x8000_000A);
    }
    putHypervisor(leaves, config.switches().kvm());
    putLevels(leaves, config);
    this.warnings = List.copyOf(told);
    this.common = leaves.entries();
  }

  /**
   * Works out the leaves.
   *
   * @throws ConfigException when a feature is missing and the user said {@code enforce}, or when
   *     the topology needs x2APIC ids and x2apic is off
   */
  @SuppressWarnings("exports") // HostCpu: see there
  public static CpuidPolicy of(HostCpu host, CpuConfig config, CpuTopology topology) {
    return new CpuidPolicy(host, config, topology);
  }

  /**
   * What KVM_SET_CPUID2 takes for the vCPU with this APIC id: sorted, at most 256 entries.
   *
   * @param apicId one of the topology's possible ids
   */
  @SuppressWarnings("exports") // for this module's own callers, who hand it to KVM
  public List<CpuidEntry> entries(int apicId) {
    if (apicId < 0 || apicId > topology.maxApicId()) {
      throw new IllegalArgumentException("APIC id " + apicId + " of " + topology);
    }
    CpuidEntry[] own = common.clone();
    for (int i = 0; i < own.length; i++) {
      own[i] = topologyLeaves.of(own[i], apicId);
    }
    return Collections.unmodifiableList(Arrays.asList(own));
  }

  /** Sentences for the user's log: what was asked for and is not given. */
  public List<String> warnings() {
    return warnings;
  }

  /** How many bits of a physical address the guest is told to use. */
  public int physBits() {
    return physBits;
  }

  private static void putIdentity(CpuidLeaves leaves, CpuConfig config) {
    CpuConfig.Identity identity = config.identity();
    if (identity.vendor() != null) {
      Vendor.put(leaves, identity.vendor());
    }
    int signature = config.model().isHost() ? leaves.get(1, EAX) : config.model().signature();
    leaves.set(1, EAX, signature(signature, identity));
    if (leaves.has(0x8000_0001, 0) && Vendor.isAmdLike(leaves)) {
      leaves.set(0x8000_0001, EAX, signature(signature, identity));
    }
    if (identity.modelId() != null) {
      BrandString.put(leaves, identity.modelId());
    } else if (!config.model().isHost()) {
      BrandString.put(leaves, config.model().brand());
    }
    if (!config.model().isHost()) {
      leaves.set(0, EAX, MODEL_LEVEL);
      leaves.set(0x8000_0000, EAX, MODEL_XLEVEL);
    }
  }

  /** Family and model have an upper and a lower part each (Intel SDM volume 2A, leaf 1). */
  private static int signature(int ofModel, CpuConfig.Identity identity) {
    int eax = ofModel;
    if (identity.family() != CpuConfig.OF_MODEL) {
      int low = Math.min(identity.family(), 0xF);
      eax = (eax & ~0x0FF0_0F00) | (low << 8) | ((identity.family() - low) << 20);
    }
    if (identity.model() != CpuConfig.OF_MODEL) {
      eax = (eax & ~0x000F_00F0) | ((identity.model() & 0xF) << 4) | (identity.model() >> 4 << 16);
    }
    if (identity.stepping() != CpuConfig.OF_MODEL) {
      eax = (eax & ~0xF) | identity.stepping();
    }
    return eax;
  }

  private static void report(Collection<CpuFeature> missing, CpuConfig config, List<String> told) {
    CpuConfig.Switches switches = config.switches();
    if (missing.isEmpty() || !(switches.check() || switches.enforce())) {
      return;
    }
    StringBuilder names = new StringBuilder();
    for (CpuFeature feature : missing) {
      names.append(names.isEmpty() ? "" : ", ").append(feature.name());
      names.append(" (").append(feature.where()).append(')');
    }
    String what = config.model().spelling() + ": this host's KVM can't show " + names;
    if (switches.enforce()) {
      throw new ConfigException("cpu", what + "; leave out enforce to go on without");
    }
    told.add("cpu " + what + "; the guest goes without");
  }

  private void checkApicIds(CpuidLeaves leaves) {
    if (topology.maxApicId() > MAX_XAPIC_ID && (leaves.get(1, ECX) & ECX1_X2APIC) == 0) {
      throw new ConfigException(
          "cpu",
          "x2apic=off: this topology needs APIC id %d; without x2apic the last is %d"
              .formatted(topology.maxApicId(), MAX_XAPIC_ID));
    }
  }

  private static int putPhysBits(CpuidLeaves leaves, CpuConfig.Limits limits, List<String> told) {
    int eax = leaves.get(0x8000_0008, EAX);
    int ofHost = eax == 0 ? DEFAULT_PHYS_BITS : eax & 0xFF;
    int bits = ofHost;
    if (limits.physBitsLimit() != CpuConfig.OF_MODEL) {
      bits = Math.min(bits, limits.physBitsLimit());
    }
    if (limits.physBits() != CpuConfig.OF_MODEL) {
      bits = limits.physBits();
    }
    if (bits > ofHost) {
      told.add("cpu phys-bits=" + bits + ": this host's CPU has " + ofHost);
    }
    if (bits != ofHost) {
      leaves.set(0x8000_0008, EAX, (eax & 0xFF00) | bits);
    }
    return bits;
  }

  private void putHypervisor(CpuidLeaves leaves, boolean kvm) {
    if (!kvm) {
      leaves.remove(KVM_SIGNATURE);
      leaves.remove(KVM_FEATURES);
    } else if (topology.maxApicId() > MAX_XAPIC_ID) {
      leaves.or(KVM_FEATURES, EAX, KVM_FEATURE_MSI_EXT_DEST_ID);
    }
  }

  private static void putLevels(CpuidLeaves leaves, CpuConfig config) {
    putLevel(leaves, 0, config.limits().level());
    putLevel(leaves, 0x8000_0000, config.limits().xlevel());
  }

  private static void putLevel(CpuidLeaves leaves, int range, int asked) {
    int level = Math.max(leaves.last(range), leaves.get(range, EAX));
    if (asked != CpuConfig.OF_MODEL) {
      level = asked;
    }
    leaves.set(range, EAX, level);
    leaves.removeAfter(level);
  }
}
