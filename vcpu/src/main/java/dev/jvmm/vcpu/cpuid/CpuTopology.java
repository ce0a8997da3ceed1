package dev.jvmm.vcpu.cpuid;

import dev.jvmm.core.vm.ConfigException;

/**
 * How many CPUs a machine has, and which of them share a core and a package.
 *
 * <p>CPU number {@code i} counts threads first, then cores, then sockets. Its APIC id has a field
 * of bits for each, as wide as the count needs (Intel SDM volume 3, "Hierarchical mapping of shared
 * resources"): three cores take two bits, so the ids have gaps. KVM takes the APIC id as the vCPU's
 * id.
 *
 * <p>Immutable.
 *
 * @param cpus how many run from power-on
 * @param sockets packages
 * @param cores a socket
 * @param threads a core
 * @param maxCpus how many there can ever be: sockets x cores x threads
 */
public record CpuTopology(int cpus, int sockets, int cores, int threads, int maxCpus) {

  /** No kernel is built for more; it keeps every product below within an int. */
  static final int MOST_CPUS = 1 << 16;

  /** Refuses a count below 1, more CPUs than can be, and a product that is not the maximum. */
  public CpuTopology {
    require("cpus", cpus);
    require("sockets", sockets);
    require("cores", cores);
    require("threads", threads);
    require("maxcpus", maxCpus);
    long product = Math.multiplyFull(sockets, cores) * threads;
    if (product != maxCpus) {
      throw new ConfigException(
          "smp",
          "sockets=%d,cores=%d,threads=%d: the product is %d but maxcpus is %d; leave one out"
              .formatted(sockets, cores, threads, product, maxCpus));
    }
    if (cpus > maxCpus) {
      throw new ConfigException(
          "smp", "cpus=%d,maxcpus=%d: maxcpus must be cpus or more".formatted(cpus, maxCpus));
    }
  }

  private static void require(String name, int count) {
    if (count < 1) {
      throw new ConfigException("smp", name + "=" + count + ": must be 1 or more");
    }
    if (count > MOST_CPUS) {
      throw new ConfigException("smp", name + "=" + count + ": must be " + MOST_CPUS + " or less");
    }
  }

  /** One socket with so many cores of one thread. */
  public static CpuTopology of(int cpus) {
    return new CpuTopology(cpus, 1, cpus, 1, cpus);
  }

  /** Bits of an APIC id that name the thread in its core. */
  public int threadBits() {
    return bitsFor(threads);
  }

  /** Bits of an APIC id that name the core in its socket. */
  public int coreBits() {
    return bitsFor(cores);
  }

  /** Bits of an APIC id below the socket's number. */
  public int packageBits() {
    return threadBits() + coreBits();
  }

  /** CPUs in a socket. */
  public int threadsPerSocket() {
    return cores * threads;
  }

  /**
   * The APIC id of a CPU.
   *
   * @param index its number, 0 to {@code maxCpus - 1}
   */
  public int apicId(int index) {
    if (index < 0 || index >= maxCpus) {
      throw new IndexOutOfBoundsException("CPU " + index + " of " + maxCpus);
    }
    int thread = index % threads;
    int core = index / threads % cores;
    int socket = index / threads / cores;
    return socket << packageBits() | core << threadBits() | thread;
  }

  /** The APIC ids of the CPUs that run from power-on, in the order of their numbers. */
  public int[] apicIds() {
    return firstApicIds(cpus);
  }

  /** The APIC ids of all {@code maxCpus} CPUs; those of {@link #apicIds()} come first. */
  public int[] possibleApicIds() {
    return firstApicIds(maxCpus);
  }

  /** The largest of {@link #possibleApicIds()}. */
  public int maxApicId() {
    return apicId(maxCpus - 1);
  }

  /**
   * Refuses what this host's KVM can't make.
   *
   * @param maxVcpus KVM_CAP_MAX_VCPUS
   * @param apicIdLimit the first APIC id that KVM refuses: KVM_CAP_MAX_VCPU_ID, or 255 without
   *     KVM_CAP_X2APIC_API
   */
  public void checkHost(int maxVcpus, int apicIdLimit) {
    if (maxCpus > maxVcpus) {
      throw new ConfigException(
          "smp", maxCpus + ": this host's KVM takes at most " + maxVcpus + " CPUs a machine");
    }
    if (maxApicId() >= apicIdLimit) {
      throw new ConfigException(
          "smp",
          "sockets=%d,cores=%d,threads=%d: needs APIC id %d, but this host's KVM ends at %d; "
                  .formatted(sockets, cores, threads, maxApicId(), apicIdLimit - 1)
              + "use counts that are powers of two, or fewer CPUs");
    }
  }

  private int[] firstApicIds(int count) {
    int[] ids = new int[count];
    for (int i = 0; i < count; i++) {
      ids[i] = apicId(i);
    }
    return ids;
  }

  private static int bitsFor(int count) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(count - 1);
  }
}
