package dev.jvmm.vcpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jvmm.core.host.HostVm;
import dev.jvmm.kvm.Capability;
import dev.jvmm.kvm.KvmRegs;
import dev.jvmm.kvm.KvmSregs;
import dev.jvmm.kvm.MpState;
import dev.jvmm.kvm.SegmentRegister;
import dev.jvmm.kvm.VcpuFd;
import dev.jvmm.kvm.uapi.kvm_debugregs;
import dev.jvmm.kvm.uapi.kvm_lapic_state;
import dev.jvmm.kvm.uapi.kvm_vcpu_events;
import dev.jvmm.kvm.uapi.kvm_xsave;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("kvm")
class PowerOnStateKvmTest {

  private static final int X87_AND_SSE_BYTES = 416;
  private static final long X2APIC = 1 << 10; // of the APIC base

  @BeforeAll
  static void kvmOpens() {
    Path kvm = Path.of("/dev/kvm");
    assumeTrue(Files.isReadable(kvm) && Files.isWritable(kvm), "/dev/kvm can't be opened");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void set_givesWhatKvmMakesAtFirst(int apicId) {
    try (HostVm vm = HostVm.create(List.of(new HostVm.Ram(0, 2 << 20)), false);
        VcpuFd boot = vm.createVcpu(0);
        VcpuFd other = vm.createVcpu(1);
        Arena arena = Arena.ofConfined()) {
      VcpuFd vcpu = apicId == 0 ? boot : other;
      Map<String, String> fresh = stateOf(vcpu, arena);
      disturb(vcpu, arena);
      assertThat(stateOf(vcpu, arena).values()).doesNotContainAnyElementsOf(fresh.values());

      PowerOnState.Kind kind =
          new PowerOnState.Kind(signature(fresh), false, 0, apicId, apicId == 0);
      PowerOnState.set(vcpu, kind, false);

      assertThat(stateOf(vcpu, arena)).isEqualTo(fresh);
    }
  }

  @Test
  void set_afterX2apicMode_givesTheIdOfXapicMode() {
    try (HostVm vm = HostVm.create(List.of(new HostVm.Ram(0, 2 << 20)), false);
        VcpuFd vcpu = vm.createVcpu(1);
        Arena arena = Arena.ofConfined()) {
      vcpu.setCpuid2(vm.kvm().supportedCpuid());
      KvmSregs sregs = KvmSregs.allocate(arena);
      vcpu.getSregs(sregs);
      sregs.setApicBase(sregs.apicBase() | X2APIC);
      vcpu.setSregs(sregs);

      PowerOnState.set(vcpu, new PowerOnState.Kind(0, false, 0, 1, false), false);

      MemorySegment lapic = kvm_lapic_state.allocate(arena);
      vcpu.getLapic(lapic);
      assertThat(lapic.get(ValueLayout.JAVA_INT, 0x20)).isEqualTo(1 << 24);
    }
  }

  @Test
  void set_givesTheMemoryTypesOfPowerOn() {
    int[] indices = {0x200, 0x201, 0x20E, 0x250, 0x26F};
    long[] changed = {0xC000_0006L, 0xF_C000_0800L, 0x1_0000_0006L, 0x0606_0606_0606_0606L, 6};
    try (HostVm vm = HostVm.create(List.of(new HostVm.Ram(0, 2 << 20)), false);
        VcpuFd vcpu = vm.createVcpu(0)) {
      vcpu.setCpuid2(vm.kvm().supportedCpuid());
      assertThat(vcpu.setMsrs(indices, changed)).isEqualTo(indices.length);

      PowerOnState.set(vcpu, new PowerOnState.Kind(0, false, 0, 0, true), false);

      long[] now = new long[indices.length];
      assertThat(vcpu.getMsrs(indices, now)).isEqualTo(indices.length);
      assertThat(now).containsOnly(0);
    }
  }

  @Test
  void leaveNested_isTakenWhereAGuestCanBeAHypervisor() {
    try (HostVm vm = HostVm.create(List.of(new HostVm.Ram(0, 2 << 20)), false);
        VcpuFd vcpu = vm.createVcpu(0)) {
      boolean can = vm.kvm().checkExtension(Capability.NESTED_STATE) != 0;
      vcpu.setCpuid2(vm.kvm().supportedCpuid());

      assertThat(vcpu.leaveNested()).isEqualTo(can);
    }
  }

  /** RDX at power-on: the sixth of the registers' words. */
  private static int signature(Map<String, String> state) {
    byte[] regs = HexFormat.of().parseHex(state.get("regs"));
    return MemorySegment.ofArray(regs).get(ValueLayout.JAVA_INT_UNALIGNED, 24);
  }

  private static Map<String, String> stateOf(VcpuFd vcpu, Arena arena) {
    Map<String, String> state = new LinkedHashMap<>();
    KvmRegs regs = KvmRegs.allocate(arena);
    vcpu.getRegs(regs);
    state.put("regs", hex(regs.memory()));
    KvmSregs sregs = KvmSregs.allocate(arena);
    vcpu.getSregs(sregs);
    state.put("sregs", hex(sregs.memory()));
    MemorySegment xsave = kvm_xsave.allocate(arena);
    vcpu.getXsave(xsave);
    // MXCSR_MASK (28 to 31) is the host's; components in their initial state hold anything.
    xsave.set(ValueLayout.JAVA_INT, 28, 0);
    state.put("x87 and SSE", hex(xsave.asSlice(0, X87_AND_SSE_BYTES)));
    MemorySegment debug = kvm_debugregs.allocate(arena);
    vcpu.getDebugregs(debug);
    state.put("debug", hex(debug));
    MemorySegment lapic = kvm_lapic_state.allocate(arena);
    vcpu.getLapic(lapic);
    state.put("lapic", hex(lapic));
    MemorySegment events = kvm_vcpu_events.allocate(arena);
    vcpu.getVcpuEvents(events);
    state.put("events", hex(events));
    state.put("mp", "mp " + vcpu.mpState());
    return state;
  }

  private static String hex(MemorySegment segment) {
    return HexFormat.of().formatHex(segment.toArray(ValueLayout.JAVA_BYTE));
  }

  /** Changes a little of everything. */
  private static void disturb(VcpuFd vcpu, Arena arena) {
    KvmRegs regs = KvmRegs.allocate(arena);
    regs.setRax(42);
    regs.setRflags(2);
    vcpu.setRegs(regs);
    KvmSregs sregs = KvmSregs.allocate(arena);
    vcpu.getSregs(sregs);
    sregs.setSegment(
        KvmSregs.FS,
        new SegmentRegister(
            8, 0x1000, 0xFFFF, SegmentRegister.TYPE_DATA | SegmentRegister.S | 1 << 7));
    sregs.setCr2(0x1234);
    vcpu.setSregs(sregs);
    MemorySegment xsave = kvm_xsave.allocate(arena);
    vcpu.getXsave(xsave);
    xsave.set(ValueLayout.JAVA_SHORT, 0, (short) 0x27F);
    xsave.set(ValueLayout.JAVA_LONG, 512, 3); // XSTATE_BV: x87 and SSE are in use
    vcpu.setXsave(xsave);
    MemorySegment debug = kvm_debugregs.allocate(arena);
    vcpu.getDebugregs(debug);
    kvm_debugregs.db(debug, 0, 0x4000);
    vcpu.setDebugregs(debug);
    MemorySegment lapic = kvm_lapic_state.allocate(arena);
    vcpu.getLapic(lapic);
    lapic.set(ValueLayout.JAVA_INT, 0xF0, 0x1FF);
    vcpu.setLapic(lapic);
    vcpu.nmi();
    vcpu.setMpState(MpState.HALTED);
  }
}
