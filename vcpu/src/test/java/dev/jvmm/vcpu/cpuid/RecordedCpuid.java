package dev.jvmm.vcpu.cpuid;

import dev.jvmm.kvm.CpuidEntry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Hosts as KVM would list them, and how a guest reads a list. */
final class RecordedCpuid {

  static final HostCpu AMD = host("amd.txt");
  static final HostCpu INTEL = host("intel.txt");

  private RecordedCpuid() {}

  static HostCpu host(String resource) {
    return new HostCpu(
        entries(resource),
        true,
        true,
        () -> {
          throw new AssertionError("the list has a brand string");
        });
  }

  static List<CpuidEntry> entries(String resource) {
    List<CpuidEntry> entries = new ArrayList<>();
    for (String line : text(resource).strip().split("\n", -1)) {
      if (!line.startsWith("#")) {
        entries.add(entry(line.split(" ", -1)));
      }
    }
    return entries;
  }

  private static CpuidEntry entry(String[] fields) {
    int[] numbers = new int[fields.length];
    for (int i = 0; i < fields.length; i++) {
      numbers[i] = Integer.parseUnsignedInt(fields[i], 16);
    }
    return new CpuidEntry(
        numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6]);
  }

  private static String text(String resource) {
    try (InputStream in = RecordedCpuid.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a guest reads: zeros where there is no such leaf. */
  static CpuidEntry read(List<CpuidEntry> entries, int leaf, int subleaf) {
    for (CpuidEntry entry : entries) {
      if (entry.function() == leaf && entry.index() == subleaf) {
        return entry;
      }
    }
    return new CpuidEntry(leaf, subleaf, 0, 0, 0, 0, 0);
  }

  static CpuidEntry read(List<CpuidEntry> entries, int leaf) {
    return read(entries, leaf, 0);
  }

  static boolean isBelowB(CpuidEntry entry) {
    return Integer.compareUnsigned(entry.function(), 0xB) < 0
        || entry.function() >= 0x4000_0000
        || entry.function() < 0;
  }

  /** The list with another last basic leaf. */
  static List<CpuidEntry> withLevel(List<CpuidEntry> entries, int level) {
    List<CpuidEntry> changed = new ArrayList<>(entries);
    changed.replaceAll(
        e ->
            e.function() == 0
                ? new CpuidEntry(0, 0, e.flags(), level, e.ebx(), e.ecx(), e.edx())
                : e);
    return changed;
  }

  static boolean has(List<CpuidEntry> entries, String feature) {
    CpuFeature bit = CpuFeatures.require(feature);
    CpuidEntry entry = read(entries, bit.leaf(), bit.subleaf());
    int[] registers = {entry.eax(), entry.ebx(), entry.ecx(), entry.edx()};
    return (registers[bit.register()] & bit.mask()) != 0;
  }

  static String brand(List<CpuidEntry> entries) {
    StringBuilder brand = new StringBuilder();
    for (int leaf = 0x8000_0002; leaf <= 0x8000_0004; leaf++) {
      CpuidEntry entry = read(entries, leaf);
      for (int word : new int[] {entry.eax(), entry.ebx(), entry.ecx(), entry.edx()}) {
        for (int shift = 0; shift < 32; shift += 8) {
          brand.append((char) (word >>> shift & 0xFF));
        }
      }
    }
    return brand.toString().replace("\0", "");
  }
}
