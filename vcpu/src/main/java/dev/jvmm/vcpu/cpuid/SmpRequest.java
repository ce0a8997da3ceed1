package dev.jvmm.vcpu.cpuid;

import dev.jvmm.core.text.Suggestion;
import dev.jvmm.core.vm.ConfigException;
import java.util.List;

/**
 * What the user said of the number of CPUs ({@code -smp}); 0 is "not said".
 *
 * <p>Immutable.
 *
 * @param cpus how many run from power-on
 * @param sockets packages
 * @param cores a socket
 * @param threads a core
 * @param maxCpus how many there can ever be
 */
public record SmpRequest(int cpus, int sockets, int cores, int threads, int maxCpus) {

  private static final List<String> KEYS =
      List.of("cpus", "sockets", "dies", "clusters", "modules", "cores", "threads", "maxcpus");

  /** Refuses a negative count. */
  public SmpRequest {
    if (cpus < 0 || sockets < 0 || cores < 0 || threads < 0 || maxCpus < 0) {
      throw new ConfigException("smp", "negative count: must be 1 or more");
    }
  }

  /**
   * Reads {@code 4}, {@code 4,sockets=2}, {@code cpus=4,maxcpus=8,...}. Levels that this machine
   * does not have (dies, clusters, modules) may be given as 1.
   */
  public static SmpRequest parse(String text) {
    int[] counts = new int[KEYS.size()];
    String[] items = text.split(",", -1);
    for (int i = 0; i < items.length; i++) {
      int equals = items[i].indexOf('=');
      String key = equals < 0 && i == 0 ? "cpus" : items[i].substring(0, Math.max(equals, 0));
      int known = KEYS.indexOf(key);
      if (known < 0) {
        String name = equals < 0 ? items[i] : key;
        throw new ConfigException(
            "smp", text + ": no property " + name + Suggestion.ending(name, KEYS));
      }
      counts[known] = count(text, key, items[i].substring(equals + 1));
    }
    for (int absent = 2; absent <= 4; absent++) {
      if (counts[absent] > 1) {
        throw new ConfigException("smp", text + ": this machine has no " + KEYS.get(absent));
      }
    }
    return new SmpRequest(counts[0], counts[1], counts[5], counts[6], counts[7]);
  }

  private static int count(String text, String key, String digits) {
    int value;
    try {
      value = Integer.parseInt(digits);
    } catch (NumberFormatException e) {
      throw new ConfigException("smp", text + ": " + key + " takes a number of CPUs", e);
    }
    if (value < 1) {
      throw new ConfigException("smp", text + ": " + key + " must be 1 or more");
    }
    return value;
  }

  /**
   * Works out what was not said, as QEMU's machines since 6.2 do: cores before sockets before
   * threads. {@code 4} is one socket of four cores.
   */
  public CpuTopology topology() {
    if (cpus == 0 && maxCpus == 0) {
      int total = total(orOne(sockets), orOne(cores), orOne(threads));
      return new CpuTopology(total, orOne(sockets), orOne(cores), orOne(threads), total);
    }
    int max = maxCpus > 0 ? maxCpus : cpus;
    int[] levels = {sockets, cores, threads};
    if (cores == 0) {
      levels = new int[] {orOne(sockets), 0, orOne(threads)};
    } else if (sockets == 0) {
      levels = new int[] {0, cores, orOne(threads)};
    }
    for (int i = 0; i < levels.length; i++) {
      if (levels[i] == 0) {
        levels[i] = share(max, levels[(i + 1) % 3], levels[(i + 2) % 3]);
      }
    }
    return new CpuTopology(cpus > 0 ? cpus : max, levels[0], levels[1], levels[2], max);
  }

  /** The whole part, at least 1: the topology's own check names what is left over. */
  private static int share(int max, int a, int b) {
    return (int) Math.max(1, max / Math.multiplyFull(a, b));
  }

  /** The product, or one too many when it is beyond what a topology takes. */
  private static int total(int sockets, int cores, int threads) {
    long product = Math.multiplyFull(sockets, cores);
    product = product > CpuTopology.MOST_CPUS ? product : product * threads;
    return (int) Math.min(product, CpuTopology.MOST_CPUS + 1);
  }

  private static int orOne(int count) {
    return count > 0 ? count : 1;
  }
}
