// The C loop that jvmm's exits are compared with: a VM with the tiny kernel of an ELF file, KVM_RUN again and again, and
// the least that can be done between. For each line on standard input, a number of milliseconds, it runs the guest for so
// long and prints how many nanoseconds an exit took.

#include <fcntl.h>
#include <linux/kvm.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>

enum { RAM_BYTES = 16 << 20, LOAD_GPA = 1 << 20, E_ENTRY = 24, BATCH = 100 };

static void check(int ok, const char *what) {
  if (!ok) {
    perror(what);
    exit(1);
  }
}

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void set_registers(int vcpu, uint64_t entry) {
  struct kvm_sregs sregs;
  check(ioctl(vcpu, KVM_GET_SREGS, &sregs) == 0, "KVM_GET_SREGS");
  struct kvm_segment data = {.limit = 0xffffffff, .selector = 0x18, .type = 3, .present = 1, .db = 1, .s = 1, .g = 1};
  struct kvm_segment code = data;
  code.selector = 0x10;
  code.type = 11;
  sregs.cs = code;
  sregs.ds = sregs.es = sregs.fs = sregs.gs = sregs.ss = data;
  sregs.cr0 |= 1;
  check(ioctl(vcpu, KVM_SET_SREGS, &sregs) == 0, "KVM_SET_SREGS");
  struct kvm_regs regs = {.rip = entry, .rflags = 2};
  check(ioctl(vcpu, KVM_SET_REGS, &regs) == 0, "KVM_SET_REGS");
}

static void answer(struct kvm_run *run) {
  switch (run->exit_reason) {
    case KVM_EXIT_IO:
      if (run->io.direction == KVM_EXIT_IO_IN) {
        *((uint8_t *)run + run->io.data_offset) = 0xff;
      }
      break;
    case KVM_EXIT_MMIO:
      if (!run->mmio.is_write) {
        memset(run->mmio.data, 0xff, sizeof run->mmio.data);
      }
      break;
    default:
      fprintf(stderr, "exit-loop: exit reason %u\n", run->exit_reason);
      exit(1);
  }
}

int main(int argc, char **argv) {
  FILE *kernel = argc == 2 ? fopen(argv[1], "rb") : NULL;
  check(kernel != NULL, "usage: exit-loop KERNEL");
  uint8_t *ram = mmap(NULL, RAM_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  check(ram != MAP_FAILED, "mmap");
  check(fread(ram + LOAD_GPA, 1, 4096, kernel) > E_ENTRY, argv[1]);
  uint64_t entry;
  memcpy(&entry, ram + LOAD_GPA + E_ENTRY, sizeof entry);

  int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
  check(kvm >= 0, "/dev/kvm");
  int vm = ioctl(kvm, KVM_CREATE_VM, 0);
  check(vm >= 0, "KVM_CREATE_VM");
  check(ioctl(vm, KVM_SET_TSS_ADDR, 0xfffbd000) == 0, "KVM_SET_TSS_ADDR");
  struct kvm_userspace_memory_region slot = {.memory_size = RAM_BYTES, .userspace_addr = (uintptr_t)ram};
  check(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &slot) == 0, "KVM_SET_USER_MEMORY_REGION");
  check(ioctl(vm, KVM_CREATE_IRQCHIP, 0) == 0, "KVM_CREATE_IRQCHIP");
  int vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
  check(vcpu >= 0, "KVM_CREATE_VCPU");
  int size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
  struct kvm_run *run = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
  check(run != MAP_FAILED, "mmap of the vCPU");
  set_registers(vcpu, entry);

  long milliseconds;
  while (scanf("%ld", &milliseconds) == 1) {
    long long start = now();
    long long end = start;
    long long exits = 0;
    while (end - start < milliseconds * 1000000) {
      for (int i = 0; i < BATCH; i++) {
        check(ioctl(vcpu, KVM_RUN, 0) == 0, "KVM_RUN");
        answer(run);
      }
      exits += BATCH;
      end = now();
    }
    printf("%lld\n", (end - start) / exits);
    fflush(stdout);
  }
  return 0;
}
