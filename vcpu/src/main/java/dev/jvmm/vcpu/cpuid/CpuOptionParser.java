package dev.jvmm.vcpu.cpuid;

import dev.jvmm.core.text.Suggestion;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.vcpu.cpuid.CpuConfig.Identity;
import dev.jvmm.vcpu.cpuid.CpuConfig.Limits;
import dev.jvmm.vcpu.cpuid.CpuConfig.Switches;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the text of {@code -cpu}: a model, then {@code +name}, {@code -name}, {@code name} or
 * {@code name=value}, separated by commas.
 *
 * <p>Thread: confined to the call.
 */
final class CpuOptionParser {

  private static final List<String> PROPERTIES =
      List.of(
          "check",
          "enforce",
          "family",
          "host-cache-info",
          "host-phys-bits",
          "host-phys-bits-limit",
          "kvm",
          "l3-cache",
          "level",
          "migratable",
          "model",
          "model-id",
          "phys-bits",
          "pmu",
          "stepping",
          "vendor",
          "xlevel");

  /** QEMU's width for a CPU that is told not to follow the host. */
  private static final int DEFAULT_PHYS_BITS = 40;

  private static final int MIN_PHYS_BITS = 32;
  private static final int MAX_PHYS_BITS = 52;
  private static final int BRAND_BYTES = 48;

  private final String text;
  private final List<CpuConfig.Setting> settings = new ArrayList<>();
  private @Nullable String vendor;
  private @Nullable String modelId;
  private int family = CpuConfig.OF_MODEL;
  private int model = CpuConfig.OF_MODEL;
  private int stepping = CpuConfig.OF_MODEL;
  private int level = CpuConfig.OF_MODEL;
  private int xlevel = CpuConfig.OF_MODEL;
  private int physBits = CpuConfig.OF_MODEL;
  private int physBitsLimit = CpuConfig.OF_MODEL;
  private boolean migratable = true;
  private boolean kvm = true;
  private boolean check = true;
  private boolean enforce;
  private boolean pmu;

  private CpuOptionParser(String text) {
    this.text = text;
  }

  static CpuConfig parse(String text) {
    String[] items = text.split(",", -1);
    CpuModel base = CpuModel.named(items[0]);
    CpuOptionParser parser = new CpuOptionParser(text);
    for (int i = 1; i < items.length; i++) {
      parser.item(items[i]);
    }
    return parser.config(base);
  }

  private CpuConfig config(CpuModel base) {
    return new CpuConfig(
        base,
        settings,
        new Identity(vendor, modelId, family, model, stepping),
        new Limits(level, xlevel, physBits, physBitsLimit),
        new Switches(migratable, kvm, check, enforce, pmu));
  }

  private void item(String item) {
    if (item.isEmpty()) {
      return; // a comma too many, as QEMU takes it
    }
    int equals = item.indexOf('=');
    if (item.charAt(0) == '+' || item.charAt(0) == '-') {
      set(item.substring(1), item.charAt(0) == '+' ? "on" : "off");
    } else if (equals < 0) {
      set(item, "on");
    } else {
      set(item.substring(0, equals), item.substring(equals + 1));
    }
  }

  private void set(String name, String value) {
    switch (name.replace('_', '-')) {
      case "migratable" -> migratable = onOff(name, value);
      case "kvm" -> kvm = onOff(name, value);
      case "check" -> check = onOff(name, value);
      case "enforce" -> enforce = onOff(name, value);
      case "pmu" -> pmu = onOff(name, value);
      case "family" -> family = number(name, value, 0, 0xFF + 0xF);
      case "model" -> model = number(name, value, 0, 0xFF);
      case "stepping" -> stepping = number(name, value, 0, 0xF);
      case "level" -> level = number(name, value, 1, 0xFF);
      case "xlevel" -> xlevel = number(name, value, 0x8000_0000L, 0x8000_00FFL);
      case "phys-bits" -> physBits = number(name, value, MIN_PHYS_BITS, MAX_PHYS_BITS);
      case "host-phys-bits-limit" ->
          physBitsLimit = number(name, value, MIN_PHYS_BITS, MAX_PHYS_BITS);
      case "host-phys-bits" ->
          physBits = onOff(name, value) ? CpuConfig.OF_MODEL : DEFAULT_PHYS_BITS;
      case "host-cache-info", "l3-cache" -> alwaysOn(name, value);
      case "vendor" -> vendor = vendor(value);
      case "model-id" -> modelId = modelId(value);
      default -> feature(name, value);
    }
  }

  private void feature(String name, String value) {
    CpuFeature feature = CpuFeatures.find(name);
    if (feature == null) {
      List<String> known = new ArrayList<>(CpuFeatures.names());
      known.addAll(PROPERTIES);
      String near = Suggestion.ending(name, known);
      throw refused(
          "no CPU feature or property "
              + name
              + (near.isEmpty() ? "; -cpu help lists them" : near));
    }
    settings.add(new CpuConfig.Setting(feature, onOff(name, value)));
  }

  private boolean onOff(String name, String value) {
    return switch (value) {
      case "on", "yes", "true", "y" -> true;
      case "off", "no", "false", "n" -> false;
      default -> throw refused(name + " takes on or off, not " + value);
    };
  }

  private void alwaysOn(String name, String value) {
    if (!onOff(name, value)) {
      throw refused(name + " can't be off: a guest always sees the host's caches");
    }
  }

  private int number(String name, String value, long min, long max) {
    try {
      long number = Long.decode(value);
      if (number >= min && number <= max) {
        return (int) number;
      }
    } catch (NumberFormatException e) {
      throw new ConfigException("cpu", text + ": " + name + " takes a number, not " + value, e);
    }
    String form = min > Integer.MAX_VALUE ? "%s takes 0x%x to 0x%x" : "%s takes %d to %d";
    throw refused(form.formatted(name, min, max));
  }

  private String vendor(String value) {
    if (value.length() != 12 || !isLatin1(value)) {
      throw refused("vendor takes 12 characters, as GenuineIntel has");
    }
    return value;
  }

  private String modelId(String value) {
    if (value.length() >= BRAND_BYTES || !isLatin1(value)) {
      throw refused("model-id takes at most " + (BRAND_BYTES - 1) + " characters");
    }
    return value;
  }

  private static boolean isLatin1(String value) {
    return StandardCharsets.ISO_8859_1.newEncoder().canEncode(value);
  }

  private ConfigException refused(String why) {
    return new ConfigException("cpu", text + ": " + why);
  }
}
