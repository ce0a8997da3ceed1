package dev.jvmm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.jvmm.linux.Errno;
import dev.jvmm.linux.Fd;
import dev.jvmm.linux.LinuxException;
import dev.jvmm.linux.OpenFlags;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * /dev/kvm: what the host can do, and where VMs come from (KVM API 4).
 *
 * <p>Thread: safe. VMs live on when it is closed.
 */
public final class Kvm implements AutoCloseable {

  /** The one version there has been since Linux 2.6.22. */
  public static final int API_VERSION = 12;

  private static final String DEVICE = "/dev/kvm";

  // What the documentation says to assume where the kernel doesn't tell.
  private static final int VCPUS_IF_UNKNOWN = 4;

  private final Fd fd;

  private Kvm(Fd fd) {
    this.fd = fd;
  }

  /**
   * Opens /dev/kvm.
   *
   * @throws LinuxException ENOENT or ENODEV if this host has none, EACCES if it isn't ours to use
   * @throws UnsupportedApiException if its API isn't version 12
   */
  public static Kvm open() {
    return open(DEVICE);
  }

  /**
   * Opens KVM by another name.
   *
   * @throws LinuxException also ENOTTY, if that is no KVM
   */
  public static Kvm open(String path) {
    Kvm kvm = new Kvm(Fd.open(path, OpenFlags.RDWR, 0));
    try {
      requireVersion(path, kvm.apiVersion());
      return kvm;
    } catch (LinuxException | UnsupportedApiException e) {
      kvm.close();
      throw e;
    }
  }

  /** No host of today has another: apart, so that a test can have one. */
  static void requireVersion(String path, int version) {
    if (version != API_VERSION) {
      throw new UnsupportedApiException(path, version);
    }
  }

  /** KVM_GET_API_VERSION. */
  public int apiVersion() {
    return (int) Ioctl.call(fd, Ioctl.KVM_GET_API_VERSION, "KVM_GET_API_VERSION", 0);
  }

  /** What the host says to a capability: 0 for no, else 1 or the number that it documents. */
  public int checkExtension(Capability capability) {
    return checkExtension(fd, capability);
  }

  static int checkExtension(Fd fd, Capability capability) {
    return (int)
        Ioctl.call(fd, Ioctl.KVM_CHECK_EXTENSION, "KVM_CHECK_EXTENSION", capability.number());
  }

  /** How many bytes a vCPU's descriptor maps: its {@link KvmRun} and what belongs to it. */
  public int vcpuMmapSize() {
    return (int) Ioctl.call(fd, Ioctl.KVM_GET_VCPU_MMAP_SIZE, "KVM_GET_VCPU_MMAP_SIZE", 0);
  }

  /** How many vCPUs a VM may have. */
  public int maxVcpus() {
    int most = checkExtension(Capability.MAX_VCPUS);
    return most > 0 ? most : recommendedVcpus();
  }

  /** How many a VM should have at most: the host's processors. */
  public int recommendedVcpus() {
    int recommended = checkExtension(Capability.NR_VCPUS);
    return recommended > 0 ? recommended : VCPUS_IF_UNKNOWN;
  }

  /** What every vCPU's id must be below. */
  public int maxVcpuId() {
    int most = checkExtension(Capability.MAX_VCPU_ID);
    return most > 0 ? most : maxVcpus();
  }

  /** A new VM, without memory, vCPUs and interrupt controllers. */
  public VmFd createVm() {
    long vm = Ioctl.call(fd, Ioctl.KVM_CREATE_VM, "KVM_CREATE_VM", 0);
    return new VmFd(Fd.adopt((int) vm, "vm"), vcpuMmapSize());
  }

  /** The CPUID leaves that this host and its KVM support together (KVM API 4.46). */
  public List<CpuidEntry> supportedCpuid() {
    return cpuid(Ioctl.KVM_GET_SUPPORTED_CPUID, "KVM_GET_SUPPORTED_CPUID");
  }

  /** Those that KVM emulates, slowly, though this host's processor lacks them (KVM API 4.88). */
  public List<CpuidEntry> emulatedCpuid() {
    return cpuid(Ioctl.KVM_GET_EMULATED_CPUID, "KVM_GET_EMULATED_CPUID");
  }

  private List<CpuidEntry> cpuid(long request, String name) {
    try (Arena arena = Arena.ofConfined()) {
      for (int entries = CpuidTable.USUAL_ENTRIES; ; entries *= 2) {
        CpuidTable table = CpuidTable.allocate(arena, entries);
        long result = Ioctl.raw(fd, request, table.memory().address());
        if (result != -Errno.E2BIG) {
          LinuxException.check(result, name, fd.name());
          return table.entries();
        }
      }
    }
  }

  /** The MSRs whose values a VM's state consists of (KVM API 4.3). */
  public int[] msrIndexList() {
    return msrList(Ioctl.KVM_GET_MSR_INDEX_LIST, "KVM_GET_MSR_INDEX_LIST");
  }

  /** The MSRs that tell what the host can do. */
  public int[] msrFeatureIndexList() {
    return msrList(Ioctl.KVM_GET_MSR_FEATURE_INDEX_LIST, "KVM_GET_MSR_FEATURE_INDEX_LIST");
  }

  /** Asked with room for none, the kernel says how many there are. */
  private int[] msrList(long request, String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(JAVA_INT);
      long result = Ioctl.raw(fd, request, count.address());
      if (result != -Errno.E2BIG) {
        LinuxException.check(result, name, fd.name());
      }
      int msrs = count.get(JAVA_INT, 0);
      MemorySegment list = arena.allocate(Integer.BYTES * (1L + msrs), Integer.BYTES);
      list.set(JAVA_INT, 0, msrs);
      Ioctl.call(fd, request, name, list);
      return list.asSlice(Integer.BYTES, (long) Integer.BYTES * list.get(JAVA_INT, 0))
          .toArray(JAVA_INT);
    }
  }

  /**
   * Reads feature MSRs of the host ({@link #msrFeatureIndexList}).
   *
   * @return how many it read: the first that it doesn't know ends the list
   */
  public int featureMsrs(int[] indices, long[] values) {
    return MsrBlock.get(fd, indices, values);
  }

  @Override
  public void close() {
    fd.close();
  }
}
