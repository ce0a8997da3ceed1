package dev.jvmm.vcpu.cpuid;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The names of CPU features and their bits (Intel SDM volume 2A, "CPUID"; AMD APM volume 3,
 * appendix E; Linux, "KVM CPUID bits").
 *
 * <p>Loaded when a user names a feature or a model: {@code -cpu host} alone never touches it.
 *
 * <p>Immutable.
 */
public final class CpuFeatures {

  /**
   * One line a register: leaf, subleaf, register, then names from bit 0 on. A number says the next
   * name's bit; {@code |} separates one feature's names.
   */
  private static final String WORDS =
      """
      1 0 edx fpu vme de pse tsc msr pae mce cx8 apic 11 sep mtrr pge mca cmov pat pse36 pn \
      clflush 21 ds|dts acpi mmx fxsr sse sse2 ss ht|htt tm ia64 pbe
      1 0 ecx pni|sse3 pclmulqdq|pclmuldq dtes64 monitor ds-cpl vmx smx est tm2 ssse3 cid sdbg \
      fma cx16 xtpr pdcm 17 pcid dca sse4.1 sse4.2 x2apic movbe popcnt tsc-deadline aes xsave \
      osxsave avx f16c rdrand hypervisor
      6 0 eax 2 arat
      7 0 ebx fsgsbase tsc-adjust sgx bmi1 hle avx2 fdp-excptn-only smep bmi2 erms invpcid rtm \
      13 zero-fcs-fds mpx 16 avx512f avx512dq rdseed adx smap avx512ifma 23 clflushopt clwb \
      intel-pt avx512pf avx512er avx512cd sha-ni avx512bw avx512vl
      7 0 ecx 1 avx512vbmi umip pku ospke waitpkg avx512vbmi2 shstk gfni vaes vpclmulqdq \
      avx512vnni avx512bitalg 14 avx512-vpopcntdq 16 la57 22 rdpid 24 bus-lock-detect cldemote \
      27 movdiri movdir64b 30 sgxlc pks
      7 0 edx 2 avx512-4vnniw avx512-4fmaps fsrm 8 avx512-vp2intersect 10 md-clear 14 serialize \
      16 tsx-ldtrk 18 pconfig arch-lbr ibt 22 amx-bf16 avx512-fp16 amx-tile amx-int8 spec-ctrl \
      stibp flush-l1d arch-capabilities core-capability ssbd
      7 1 eax sha512 sm3 sm4 4 avx-vnni avx512-bf16 7 cmpccxadd 10 fzrm fsrs fsrc 17 fred lkgs \
      wrmsrns nmi-src amx-fp16 23 avx-ifma 26 lam
      7 1 edx 4 avx-vnni-int8 avx-ne-convert 8 amx-complex 10 avx-vnni-int16 14 prefetchiti \
      19 avx10
      7 2 edx intel-psfd ipred-ctrl rrsba-ctrl ddpd-u bhi-ctrl mcdt-no
      d 1 eax xsaveopt xsavec xgetbv1 xsaves xfd
      14 0 ecx 31 intel-pt-lip
      80000001 0 edx 11 syscall 19 mp 20 nx 22 mmxext 25 fxsr-opt|ffxsr pdpe1gb rdtscp \
      29 lm|i64 3dnowext 3dnow
      80000001 0 ecx lahf-lm cmp-legacy svm extapic cr8legacy abm|lzcnt sse4a misalignsse \
      3dnowprefetch osvw ibs xop skinit wdt 15 lwp fma4 tce 19 nodeid-msr 21 tbm topoext \
      perfctr-core perfctr-nb
      80000007 0 ebx overflow-recov succor
      80000007 0 edx 8 invtsc
      80000008 0 ebx clzero 2 xsaveerptr 9 wbnoinvd 12 ibpb 14 ibrs amd-stibp \
      17 stibp-always-on 24 amd-ssbd virt-ssbd amd-no-ssb 28 amd-psfd
      8000000a 0 edx npt lbrv svm-lock nrip-save tsc-scale vmcb-clean flushbyasid \
      decodeassists 10 pause-filter 12 pfthreshold avic 15 v-vmsave-vmload vgif 25 vnmi \
      28 svme-addr-chk
      80000021 0 eax no-nested-data-bp fs-gs-base-ns lfence-always-serializing \
      6 null-sel-clr-base 8 auto-ibrs 20 prefetchi 24 eraps 27 sbpb ibpb-brtype srso-no \
      srso-user-kernel-no
      80000022 0 eax perfmon-v2
      40000001 0 eax kvmclock kvm-nopiodelay kvm-mmu kvmclock kvm-asyncpf kvm-steal-time \
      kvm-pv-eoi kvm-pv-unhalt 9 kvm-pv-tlb-flush kvm-asyncpf-vmexit kvm-pv-ipi \
      kvm-poll-control kvm-pv-sched-yield kvm-asyncpf-int kvm-msi-ext-dest-id \
      24 kvmclock-stable-bit
      40000001 0 edx kvm-hint-dedicated
      """;

  /** One line a feature: it, then those that mean nothing without it. */
  private static final String DEPENDENTS =
      """
      xsave xsaveopt xsavec xgetbv1 xsaves xfd avx pku mpx amx-tile
      avx avx2 fma f16c fma4 xop vaes vpclmulqdq avx-vnni avx-ifma avx-vnni-int8 \
      avx-ne-convert avx-vnni-int16 sha512 sm3 sm4 avx512f
      avx2 avx512f
      avx512f avx512dq avx512ifma avx512pf avx512er avx512cd avx512bw avx512vl avx512vbmi \
      avx512vbmi2 avx512vnni avx512bitalg avx512-vpopcntdq avx512-4vnniw avx512-4fmaps \
      avx512-vp2intersect avx512-bf16 avx512-fp16
      amx-tile amx-bf16 amx-int8 amx-fp16 amx-complex
      kvmclock kvmclock-stable-bit
      """;

  /** A register that holds features; its bits are all a model has. */
  record Word(int leaf, int subleaf, int register) {}

  private static final Map<String, CpuFeature> BY_NAME = new HashMap<>(512);
  private static final Map<String, String> SPELLED = new TreeMap<>();
  private static final List<Word> ALL_WORDS = new ArrayList<>();

  static {
    for (String line : WORDS.strip().split("\n", -1)) {
      readWord(line.split(" ", -1));
    }
  }

  private CpuFeatures() {}

  private static void readWord(String[] tokens) {
    int leaf = Integer.parseUnsignedInt(tokens[0], 16);
    int subleaf = Integer.parseInt(tokens[1]);
    int register = "abcd".indexOf(tokens[2].charAt(1));
    ALL_WORDS.add(new Word(leaf, subleaf, register));
    int bit = 0;
    for (int i = 3; i < tokens.length; i++) {
      String token = tokens[i];
      if (token.length() <= 2 && Character.isDigit(token.charAt(0))) {
        bit = Integer.parseInt(token);
      } else {
        add(token, new Word(leaf, subleaf, register), 1 << bit++);
      }
    }
  }

  private static void add(String token, Word word, int mask) {
    String[] names = token.indexOf('|') < 0 ? new String[] {token} : token.split("\\|", -1);
    CpuFeature known = BY_NAME.get(key(names[0]));
    int whole = known == null ? mask : mask | known.mask();
    CpuFeature feature =
        new CpuFeature(names[0], word.leaf(), word.subleaf(), word.register(), whole);
    for (String name : names) {
      BY_NAME.put(key(name), feature);
      SPELLED.put(name, names[0]);
    }
  }

  /** {@code sse4_1}, {@code sse4-1} and {@code sse4.1} are one name, as in QEMU. */
  private static String key(String name) {
    return name.replace('_', '-').replace('.', '-');
  }

  /** The feature of that name in any of its spellings, or null. */
  public static @Nullable CpuFeature find(String name) {
    return BY_NAME.get(key(name));
  }

  /** Every name in alphabetical order, second names too. */
  public static List<String> names() {
    return List.copyOf(SPELLED.keySet());
  }

  static CpuFeature require(String name) {
    CpuFeature feature = find(name);
    if (feature == null) {
      throw new IllegalArgumentException(name.toLowerCase(Locale.ROOT) + " is not in the table");
    }
    return feature;
  }

  static List<Word> words() {
    return ALL_WORDS;
  }

  /** Each row's first feature is what the others of the row need; a row's need comes before. */
  static List<List<CpuFeature>> dependents() {
    List<List<CpuFeature>> rows = new ArrayList<>();
    for (String line : DEPENDENTS.strip().split("\n", -1)) {
      rows.add(listed(line));
    }
    return rows;
  }

  /** The features of a text of names with one blank between. */
  static List<CpuFeature> listed(String names) {
    List<CpuFeature> row = new ArrayList<>();
    for (String name : names.split(" ", -1)) {
      row.add(require(name));
    }
    return row;
  }
}
