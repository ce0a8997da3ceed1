package dev.jvmm.vcpu;

import dev.jvmm.core.bus.Bus;
import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.core.host.HostVm;
import dev.jvmm.core.vm.GuestRequests;
import dev.jvmm.core.vm.VmEvent;
import dev.jvmm.vcpu.cpuid.CpuConfig;
import dev.jvmm.vcpu.cpuid.CpuTopology;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A machine of RAM, vCPUs and two ports, for hand-assembled guests: 32-bit code at {@link #CODE},
 * flat segments, no paging, no stack. A write to port {@link #SAY} is heard by the test.
 */
final class TinyMachine implements AutoCloseable {

  static final long CODE = 0x1_0000;
  static final int SAY = 0x80;

  private static final long RAM_BYTES = 2 << 20;
  private static final int GDT = 0x500;

  final BlockingQueue<Long> said = new LinkedBlockingQueue<>();
  final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
  final Bus ports = new Bus("port");
  final Bus mmio = new Bus("memory");
  final HostVm vm = HostVm.create(List.of(new HostVm.Ram(0, RAM_BYTES)), false);
  final VcpuSet vcpus;

  private final class Speaker implements BusDevice {
    @Override
    public long read(long offset, int size) {
      return 0x5A;
    }

    @Override
    public void write(long offset, int size, long value) {
      said.add(value);
    }
  }

  private final class Requests implements GuestRequests {
    @Override
    public void powerOff() {
      requests.add("power-off");
    }

    @Override
    public void reset() {
      requests.add("reset");
    }

    @Override
    public void exit(int code) {
      requests.add("exit " + code);
    }

    @Override
    public void quit() {
      requests.add("quit");
    }

    @Override
    public void ioError(VmEvent.IoError error) {}

    @Override
    public void failed(String dump) {
      requests.add(dump);
    }
  }

  TinyMachine(int cpus) {
    ports.map(SAY, 1, new Speaker());
    VcpuSet.Sinks sinks = new VcpuSet.Sinks("tiny", ports, mmio, new Requests());
    boolean done = false;
    try {
      vcpus = new VcpuSet(vm, CpuConfig.HOST, CpuTopology.of(cpus), sinks);
      done = true;
    } finally {
      if (!done) {
        vm.close();
      }
    }
  }

  /** Puts bytes into RAM. */
  void load(long gpa, String hex) {
    vm.memory().write(gpa, HexFormat.of().parseHex(hex.replaceAll("\\s|//[^\n]*\n", "")));
  }

  /** Loads the boot processor's code and sets its registers. */
  void boot(String hex) {
    load(CODE, hex + "\n");
    // null, null, code, data, TSS: as EntryState's selectors say
    load(
        GDT,
        "0000000000000000 0000000000000000 ffff0000009bcf00 ffff00000093cf00 6700000000890000");
    vcpus.enter(new EntryState(EntryState.Mode.PROTECTED_32, CODE, 0x9000, 0, 0, 0, 0, GDT, 0x27));
  }

  /** Boots and lets it run. */
  void run(String hex) {
    boot(hex);
    vcpus.start();
    vcpus.resume();
  }

  @Override
  public void close() {
    vcpus.close();
    vm.close();
  }
}
