package dev.jvmm.kvm;

import dev.jvmm.linux.Errno;
import dev.jvmm.linux.Fd;
import dev.jvmm.linux.LinuxException;
import dev.jvmm.linux.libc.Libc;
import dev.jvmm.linux.libc.SystemCall;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * KVM's requests and the way to make one.
 *
 * <p>Thread: safe, as far as the kernel is: a vCPU's requests wait for each other.
 *
 * <p>A request is a number, as in {@code linux/kvm.h} (a test compares them), whose bits 16 to 29
 * are the size of the struct that it reads or writes.
 */
final class Ioctl {

  // Of /dev/kvm.
  static final long KVM_GET_API_VERSION = 0xAE00L;
  static final long KVM_CREATE_VM = 0xAE01L;
  static final long KVM_GET_MSR_INDEX_LIST = 0xC004_AE02L;
  static final long KVM_CHECK_EXTENSION = 0xAE03L;
  static final long KVM_GET_VCPU_MMAP_SIZE = 0xAE04L;
  static final long KVM_GET_SUPPORTED_CPUID = 0xC008_AE05L;
  static final long KVM_GET_EMULATED_CPUID = 0xC008_AE09L;
  static final long KVM_GET_MSR_FEATURE_INDEX_LIST = 0xC004_AE0AL;

  // Of a VM.
  static final long KVM_CREATE_VCPU = 0xAE41L;
  static final long KVM_GET_DIRTY_LOG = 0x4010_AE42L;
  static final long KVM_SET_USER_MEMORY_REGION = 0x4020_AE46L;
  static final long KVM_SET_TSS_ADDR = 0xAE47L;
  static final long KVM_SET_IDENTITY_MAP_ADDR = 0x4008_AE48L;
  static final long KVM_CREATE_IRQCHIP = 0xAE60L;
  static final long KVM_IRQ_LINE = 0x4008_AE61L;
  static final long KVM_GET_IRQCHIP = 0xC208_AE62L;
  static final long KVM_SET_IRQCHIP = 0x8208_AE63L;
  static final long KVM_SET_GSI_ROUTING = 0x4008_AE6AL;
  static final long KVM_REINJECT_CONTROL = 0xAE71L;
  static final long KVM_IRQFD = 0x4020_AE76L;
  static final long KVM_CREATE_PIT2 = 0x4040_AE77L;
  static final long KVM_SET_BOOT_CPU_ID = 0xAE78L;
  static final long KVM_IOEVENTFD = 0x4040_AE79L;
  static final long KVM_SET_CLOCK = 0x4030_AE7BL;
  static final long KVM_GET_CLOCK = 0x8030_AE7CL;
  static final long KVM_GET_PIT2 = 0x8070_AE9FL;
  static final long KVM_SET_PIT2 = 0x4070_AEA0L;
  static final long KVM_ENABLE_CAP = 0x4068_AEA3L;
  static final long KVM_SIGNAL_MSI = 0x4020_AEA5L;

  // Of a vCPU.
  static final long KVM_RUN = 0xAE80L;
  static final long KVM_GET_REGS = 0x8090_AE81L;
  static final long KVM_SET_REGS = 0x4090_AE82L;
  static final long KVM_GET_SREGS = 0x8138_AE83L;
  static final long KVM_SET_SREGS = 0x4138_AE84L;
  static final long KVM_TRANSLATE = 0xC018_AE85L;
  static final long KVM_INTERRUPT = 0x4004_AE86L;
  static final long KVM_GET_MSRS = 0xC008_AE88L;
  static final long KVM_SET_MSRS = 0x4008_AE89L;
  static final long KVM_GET_FPU = 0x81A0_AE8CL;
  static final long KVM_SET_FPU = 0x41A0_AE8DL;
  static final long KVM_GET_LAPIC = 0x8400_AE8EL;
  static final long KVM_SET_LAPIC = 0x4400_AE8FL;
  static final long KVM_SET_CPUID2 = 0x4008_AE90L;
  static final long KVM_GET_CPUID2 = 0xC008_AE91L;
  static final long KVM_GET_MP_STATE = 0x8004_AE98L;
  static final long KVM_SET_MP_STATE = 0x4004_AE99L;
  static final long KVM_NMI = 0xAE9AL;
  static final long KVM_SET_GUEST_DEBUG = 0x4048_AE9BL;
  static final long KVM_GET_VCPU_EVENTS = 0x8040_AE9FL;
  static final long KVM_SET_VCPU_EVENTS = 0x4040_AEA0L;
  static final long KVM_GET_DEBUGREGS = 0x8080_AEA1L;
  static final long KVM_SET_DEBUGREGS = 0x4080_AEA2L;
  static final long KVM_SET_TSC_KHZ = 0xAEA2L;
  static final long KVM_GET_TSC_KHZ = 0xAEA3L;
  static final long KVM_GET_XSAVE = 0x9000_AEA4L;
  static final long KVM_SET_XSAVE = 0x5000_AEA5L;
  static final long KVM_GET_XSAVE2 = 0x9000_AECFL;
  static final long KVM_GET_XCRS = 0x8188_AEA6L;
  static final long KVM_SET_XCRS = 0x4188_AEA7L;
  static final long KVM_KVMCLOCK_CTRL = 0xAEADL;
  static final long KVM_SET_NESTED_STATE = 0x4080_AEBFL;

  private static final int SIZE_SHIFT = 16;
  private static final int SIZE_MASK = 0x3FFF;

  private Ioctl() {}

  /** One request, as it is: a value or {@code -errno}. */
  static long raw(Fd fd, long request, long argument) {
    return Libc.syscall(SystemCall.IOCTL, fd.number(), request, argument);
  }

  /**
   * One request that must succeed.
   *
   * <p>It is made again after EINTR: apart from KVM_RUN no request waits for a guest, and those
   * that a signal stops early (KVM_CREATE_VM, for one) have done nothing yet.
   *
   * @param name the request's name, for the message
   */
  static long call(Fd fd, long request, String name, long argument) {
    long result;
    do {
      result = raw(fd, request, argument);
    } while (result == -Errno.EINTR);
    if (result < 0) {
      throw new LinuxException(name, fd.name(), (int) -result);
    }
    return result;
  }

  /**
   * The same with a struct for an argument, that must be native and as large as the request says.
   */
  static long call(Fd fd, long request, String name, MemorySegment struct) {
    checkSize(struct, (request >> SIZE_SHIFT) & SIZE_MASK, name);
    try {
      return call(fd, request, name, struct.address());
    } finally {
      Reference.reachabilityFence(struct);
    }
  }

  /** The kernel writes as much as it likes, so a struct that is too small is caught here. */
  static void checkSize(MemorySegment struct, long sizeBytes, String name) {
    if (!struct.isNative() || struct.byteSize() < sizeBytes) {
      throw new IllegalArgumentException(
          name + " needs " + sizeBytes + " bytes of native memory, not " + struct.byteSize());
    }
  }
}
