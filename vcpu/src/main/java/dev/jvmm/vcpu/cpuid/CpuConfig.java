package dev.jvmm.vcpu.cpuid;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which CPU the user asked for ({@code -cpu}).
 *
 * <p>Immutable.
 *
 * @param model where the features begin
 * @param settings features switched on or off, in the user's order: the last word counts
 * @param identity whose CPU it says it is
 * @param limits how far its leaves and addresses go
 * @param switches what is no feature of the CPU
 */
public record CpuConfig(
    CpuModel model, List<Setting> settings, Identity identity, Limits limits, Switches switches) {

  /** Stands for "as the model says". */
  public static final int OF_MODEL = -1;

  /** The default: the host's CPU, nothing changed. */
  public static final CpuConfig HOST = of(CpuModel.HOST);

  /** Copies the list. */
  public CpuConfig {
    settings = List.copyOf(settings);
  }

  /** A model as it is. */
  public static CpuConfig of(CpuModel model) {
    return new CpuConfig(model, List.of(), Identity.AS_MODEL, Limits.AS_MODEL, Switches.DEFAULT);
  }

  /**
   * Reads QEMU's text: {@code host,+avx2,-svm,x2apic=off,migratable=off}.
   *
   * @throws dev.jvmm.core.vm.ConfigException for a name or value that is not known
   */
  public static CpuConfig parse(String text) {
    return text.equals("host") ? HOST : CpuOptionParser.parse(text);
  }

  /** Whether no feature has to be looked up. */
  boolean isPlainHost() {
    return model.isHost() && settings.isEmpty();
  }

  /** Whether the user's last word on a feature is no; the name is the table's. */
  boolean turnsOff(String feature) {
    boolean off = false;
    for (Setting setting : settings) {
      if (setting.feature().name().equals(feature)) {
        off = !setting.on();
      }
    }
    return off;
  }

  /**
   * A feature switched on or off.
   *
   * @param feature which
   * @param on or off
   */
  public record Setting(CpuFeature feature, boolean on) {}

  /**
   * Whose CPU it says it is.
   *
   * @param vendor 12 characters, or null: the host's
   * @param modelId up to 48 characters, or null: the host's or the model's
   * @param family 0 to 270
   * @param model 0 to 255
   * @param stepping 0 to 15
   */
  public record Identity(
      @Nullable String vendor, @Nullable String modelId, int family, int model, int stepping) {

    /** Nothing changed. */
    public static final Identity AS_MODEL = new Identity(null, null, OF_MODEL, OF_MODEL, OF_MODEL);
  }

  /**
   * How far leaves and addresses go.
   *
   * @param level the last basic leaf
   * @param xlevel the last extended leaf, with bit 31
   * @param physBits width of a physical address, or {@link #OF_MODEL}: the host's
   * @param physBitsLimit the host's width is cut to this
   */
  public record Limits(int level, int xlevel, int physBits, int physBitsLimit) {

    /** Nothing changed. */
    public static final Limits AS_MODEL = new Limits(OF_MODEL, OF_MODEL, OF_MODEL, OF_MODEL);
  }

  /**
   * What is no feature of the CPU.
   *
   * @param migratable leaves out what ties a guest to this host (the invariant TSC)
   * @param kvm shows the hypervisor's own leaves
   * @param check says which features the host lacks
   * @param enforce refuses to go on without them
   * @param pmu shows performance counters
   */
  public record Switches(
      boolean migratable, boolean kvm, boolean check, boolean enforce, boolean pmu) {

    /** As QEMU's defaults, but without performance counters. */
    public static final Switches DEFAULT = new Switches(true, true, true, false, false);
  }
}
