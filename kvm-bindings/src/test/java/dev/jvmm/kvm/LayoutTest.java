package dev.jvmm.kvm;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.kvm.uapi.Uapi;
import dev.jvmm.kvm.uapi.kvm_clock_data;
import dev.jvmm.kvm.uapi.kvm_cpuid2;
import dev.jvmm.kvm.uapi.kvm_cpuid_entry2;
import dev.jvmm.kvm.uapi.kvm_dirty_log;
import dev.jvmm.kvm.uapi.kvm_dtable;
import dev.jvmm.kvm.uapi.kvm_enable_cap;
import dev.jvmm.kvm.uapi.kvm_guest_debug;
import dev.jvmm.kvm.uapi.kvm_ioeventfd;
import dev.jvmm.kvm.uapi.kvm_irq_level;
import dev.jvmm.kvm.uapi.kvm_irq_routing;
import dev.jvmm.kvm.uapi.kvm_irq_routing_entry;
import dev.jvmm.kvm.uapi.kvm_irqfd;
import dev.jvmm.kvm.uapi.kvm_msi;
import dev.jvmm.kvm.uapi.kvm_msr_entry;
import dev.jvmm.kvm.uapi.kvm_msrs;
import dev.jvmm.kvm.uapi.kvm_pit_config;
import dev.jvmm.kvm.uapi.kvm_regs;
import dev.jvmm.kvm.uapi.kvm_reinject_control;
import dev.jvmm.kvm.uapi.kvm_run;
import dev.jvmm.kvm.uapi.kvm_segment;
import dev.jvmm.kvm.uapi.kvm_sregs;
import dev.jvmm.kvm.uapi.kvm_translation;
import dev.jvmm.kvm.uapi.kvm_userspace_memory_region;
import dev.jvmm.kvm.uapi.kvm_xsave;
import java.lang.foreign.GroupLayout;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every size, offset and number that we wrote by hand, against what jextract read in the headers.
 */
class LayoutTest {

  @TestFactory
  Stream<DynamicTest> regs_areWhereTheHeaderHasThem() {
    return constants(KvmRegs.class, long.class)
        .filter(field -> !field.getName().equals("SIZE"))
        .map(field -> sameOffset(field, kvm_regs.layout(), lower(field)));
  }

  @TestFactory
  Stream<DynamicTest> sregs_areWhereTheHeaderHasThem() {
    return constants(KvmSregs.class, long.class)
        .filter(field -> !field.getName().startsWith("SEGMENT_"))
        .filter(field -> !field.getName().startsWith("TABLE_"))
        .filter(field -> !field.getName().equals("SIZE"))
        .map(field -> sameOffset(field, kvm_sregs.layout(), lower(field)));
  }

  @TestFactory
  Stream<DynamicTest> segments_areWhereTheHeaderHasThem() {
    return constants(KvmSregs.class, long.class)
        .filter(field -> field.getName().startsWith("SEGMENT_"))
        .map(
            field ->
                sameOffset(
                    field, kvm_segment.layout(), lower(field).substring("segment_".length())));
  }

  @Test
  void tables_areWhereTheHeaderHasThem() {
    assertThat(KvmSregs.TABLE_BASE).isEqualTo(kvm_dtable.base$offset());
    assertThat(KvmSregs.TABLE_LIMIT).isEqualTo(kvm_dtable.limit$offset());
  }

  @TestFactory
  Stream<DynamicTest> run_isWhereTheHeaderHasIt() {
    return Map.ofEntries(
            Map.entry(KvmRun.IMMEDIATE_EXIT, kvm_run.immediate_exit$offset()),
            Map.entry(KvmRun.EXIT_REASON, kvm_run.exit_reason$offset()),
            Map.entry(
                KvmRun.READY_FOR_INTERRUPT_INJECTION,
                kvm_run.ready_for_interrupt_injection$offset()),
            Map.entry(KvmRun.IF_FLAG, kvm_run.if_flag$offset()),
            Map.entry(KvmRun.FLAGS, kvm_run.flags$offset()),
            Map.entry(KvmRun.CR8, kvm_run.cr8$offset()),
            Map.entry(KvmRun.APIC_BASE, kvm_run.apic_base$offset()),
            Map.entry(KvmRun.EXIT, kvm_run.hw$offset()))
        .entrySet()
        .stream()
        .map(entry -> same("kvm_run", entry.getKey(), entry.getValue()));
  }

  @Test
  void runIo_isWhereTheHeaderHasIt() {
    long io = kvm_run.io$offset();
    assertThat(KvmRun.IO_DIRECTION).isEqualTo(io + kvm_run.io.direction$offset());
    assertThat(KvmRun.IO_SIZE).isEqualTo(io + kvm_run.io.size$offset());
    assertThat(KvmRun.IO_PORT).isEqualTo(io + kvm_run.io.port$offset());
    assertThat(KvmRun.IO_COUNT).isEqualTo(io + kvm_run.io.count$offset());
    assertThat(KvmRun.IO_DATA_OFFSET).isEqualTo(io + kvm_run.io.data_offset$offset());
  }

  @Test
  void runMmio_isWhereTheHeaderHasIt() {
    long mmio = kvm_run.mmio$offset();
    assertThat(KvmRun.MMIO_ADDRESS).isEqualTo(mmio + kvm_run.mmio.phys_addr$offset());
    assertThat(KvmRun.MMIO_DATA).isEqualTo(mmio + kvm_run.mmio.data$offset());
    assertThat(KvmRun.MMIO_LENGTH).isEqualTo(mmio + kvm_run.mmio.len$offset());
    assertThat(KvmRun.MMIO_IS_WRITE).isEqualTo(mmio + kvm_run.mmio.is_write$offset());
  }

  @Test
  void runErrors_areWhereTheHeaderHasThem() {
    long entry = kvm_run.fail_entry$offset();
    assertThat(KvmRun.FAIL_ENTRY_REASON)
        .isEqualTo(entry + kvm_run.fail_entry.hardware_entry_failure_reason$offset());
    assertThat(KvmRun.FAIL_ENTRY_CPU).isEqualTo(entry + kvm_run.fail_entry.cpu$offset());
    long internal = kvm_run.internal$offset();
    assertThat(KvmRun.INTERNAL_SUBERROR).isEqualTo(internal + kvm_run.internal.suberror$offset());
    assertThat(KvmRun.INTERNAL_COUNT).isEqualTo(internal + kvm_run.internal.ndata$offset());
    assertThat(KvmRun.INTERNAL_DATA).isEqualTo(internal + kvm_run.internal.data$offset());
    assertThat(KvmRun.HARDWARE_EXIT_REASON)
        .isEqualTo(kvm_run.hw$offset() + kvm_run.hw.hardware_exit_reason$offset());
  }

  @Test
  void runRest_isWhereTheHeaderHasIt() {
    long event = kvm_run.system_event$offset();
    assertThat(KvmRun.SYSTEM_EVENT_TYPE).isEqualTo(event + kvm_run.system_event.type$offset());
    assertThat(KvmRun.SYSTEM_EVENT_COUNT).isEqualTo(event + kvm_run.system_event.ndata$offset());
    assertThat(KvmRun.EOI_VECTOR).isEqualTo(kvm_run.eoi$offset() + kvm_run.eoi.vector$offset());
    long call = kvm_run.hypercall$offset();
    assertThat(KvmRun.HYPERCALL_NUMBER).isEqualTo(call + kvm_run.hypercall.nr$offset());
    assertThat(KvmRun.HYPERCALL_ARGUMENTS).isEqualTo(call + kvm_run.hypercall.args$offset());
    assertThat(KvmRun.HYPERCALL_RESULT).isEqualTo(call + kvm_run.hypercall.ret$offset());
    long msr = kvm_run.msr$offset();
    assertThat(KvmRun.MSR_ERROR).isEqualTo(msr + kvm_run.msr.error$offset());
    assertThat(KvmRun.MSR_REASON).isEqualTo(msr + kvm_run.msr.reason$offset());
    assertThat(KvmRun.MSR_INDEX).isEqualTo(msr + kvm_run.msr.index$offset());
    assertThat(KvmRun.MSR_DATA).isEqualTo(msr + kvm_run.msr.data$offset());
    assertThat(KvmRun.NOTIFY_FLAGS)
        .isEqualTo(kvm_run.notify$offset() + kvm_run.notify.flags$offset());
    long debug = kvm_run.debug$offset() + kvm_run.debug.arch$offset();
    GroupLayout arch = dev.jvmm.kvm.uapi.kvm_debug_exit_arch.layout();
    assertThat(KvmRun.DEBUG_EXCEPTION)
        .isEqualTo(debug + arch.byteOffset(groupElement("exception")));
    assertThat(KvmRun.DEBUG_PC).isEqualTo(debug + arch.byteOffset(groupElement("pc")));
    assertThat(KvmRun.DEBUG_DR6).isEqualTo(debug + arch.byteOffset(groupElement("dr6")));
    assertThat(KvmRun.DEBUG_DR7).isEqualTo(debug + arch.byteOffset(groupElement("dr7")));
  }

  @Test
  void tables_haveTheHeadersShape() {
    assertThat(CpuidTable.ENTRIES).isEqualTo(kvm_cpuid2.sizeof());
    assertThat(CpuidTable.ENTRY_SIZE).isEqualTo(kvm_cpuid_entry2.sizeof());
    assertThat((long) Integer.BYTES * CpuidTable.INDEX).isEqualTo(kvm_cpuid_entry2.index$offset());
    assertThat((long) Integer.BYTES * CpuidTable.FLAGS).isEqualTo(kvm_cpuid_entry2.flags$offset());
    assertThat((long) Integer.BYTES * CpuidTable.EAX).isEqualTo(kvm_cpuid_entry2.eax$offset());
    assertThat((long) Integer.BYTES * CpuidTable.EBX).isEqualTo(kvm_cpuid_entry2.ebx$offset());
    assertThat((long) Integer.BYTES * CpuidTable.ECX).isEqualTo(kvm_cpuid_entry2.ecx$offset());
    assertThat((long) Integer.BYTES * CpuidTable.EDX).isEqualTo(kvm_cpuid_entry2.edx$offset());
    assertThat(MsrBlock.ENTRIES).isEqualTo(kvm_msrs.sizeof());
    assertThat(MsrBlock.ENTRY_SIZE).isEqualTo(kvm_msr_entry.sizeof());
    assertThat(MsrBlock.DATA).isEqualTo(kvm_msr_entry.data$offset());
  }

  @TestFactory
  Stream<DynamicTest> sizes_areTheHeaders() {
    return Stream.of(
        same("kvm_regs", KvmRegs.SIZE, kvm_regs.sizeof()),
        same("kvm_sregs", KvmSregs.SIZE, kvm_sregs.sizeof()),
        same("region", VmFd.MEMORY_REGION_SIZE, kvm_userspace_memory_region.sizeof()),
        same("irq level", VmFd.IRQ_LEVEL_SIZE, kvm_irq_level.sizeof()),
        same("irqfd", VmFd.IRQFD_SIZE, kvm_irqfd.sizeof()),
        same("ioeventfd", VmFd.IOEVENTFD_SIZE, kvm_ioeventfd.sizeof()),
        same("msi", VmFd.MSI_SIZE, kvm_msi.sizeof()),
        same("pit", VmFd.PIT_CONFIG_SIZE, kvm_pit_config.sizeof()),
        same("reinject", VmFd.REINJECT_CONTROL_SIZE, kvm_reinject_control.sizeof()),
        same("clock", VmFd.CLOCK_SIZE, kvm_clock_data.sizeof()),
        same("dirty log", VmFd.DIRTY_LOG_SIZE, kvm_dirty_log.sizeof()),
        same("enable cap", VmFd.ENABLE_CAP_SIZE, kvm_enable_cap.sizeof()),
        same("routing", VmFd.ROUTING_HEADER_SIZE, kvm_irq_routing.sizeof()),
        same("route", VmFd.ROUTING_ENTRY_SIZE, kvm_irq_routing_entry.sizeof()),
        same("debug", VcpuFd.GUEST_DEBUG_SIZE, kvm_guest_debug.sizeof()),
        same("translation", VcpuFd.TRANSLATION_SIZE, kvm_translation.sizeof()),
        same("xsave", VcpuFd.XSAVE_SIZE, kvm_xsave.sizeof()));
  }

  @TestFactory
  Stream<DynamicTest> requests_areTheHeaders() {
    return constants(Ioctl.class, long.class)
        .filter(field -> !field.getName().equals("KVM_SET_NESTED_STATE")) // see HeadersTest
        .map(field -> same(field.getName(), valueOf(field), uapi(field.getName())));
  }

  @TestFactory
  Stream<DynamicTest> capabilities_areTheHeaders() {
    return Stream.of(Capability.values())
        .filter(cap -> cap != Capability.NESTED_STATE) // see HeadersTest
        .map(cap -> same(cap.name(), cap.number(), uapi("KVM_CAP_" + cap)));
  }

  @TestFactory
  Stream<DynamicTest> exitReasons_areTheHeaders() {
    return constants(ExitReason.class, int.class)
        .filter(field -> !field.getName().equals("MEMORY_FAULT")) // newer than the headers used
        .map(field -> same(field.getName(), valueOf(field), uapi(exitName(field.getName()))));
  }

  private static String exitName(String name) {
    if (name.startsWith("SYSTEM_EVENT_")) {
      return "KVM_" + name;
    }
    return name.startsWith("INTERNAL_") && !name.equals("INTERNAL_ERROR")
        ? "KVM_INTERNAL_ERROR_" + name.substring("INTERNAL_".length())
        : "KVM_EXIT_" + name;
  }

  private static DynamicTest sameOffset(Field field, GroupLayout layout, String name) {
    return same(field.getName(), valueOf(field), layout.byteOffset(groupElement(name)));
  }

  private static DynamicTest same(String name, long ours, long headers) {
    return DynamicTest.dynamicTest(name, () -> assertThat(ours).isEqualTo(headers));
  }

  private static Stream<Field> constants(Class<?> type, Class<?> ofType) {
    return Stream.of(type.getDeclaredFields())
        .filter(field -> Modifier.isStatic(field.getModifiers()))
        .filter(field -> !Modifier.isPrivate(field.getModifiers()))
        .filter(field -> field.getType() == ofType);
  }

  private static String lower(Field field) {
    return field.getName().toLowerCase(Locale.ROOT);
  }

  private static long valueOf(Field field) {
    try {
      return ((Number) field.get(null)).longValue();
    } catch (IllegalAccessException e) {
      throw new LinkageError(field.getName(), e);
    }
  }

  private static long uapi(String name) {
    try {
      return ((Number) Uapi.class.getMethod(name).invoke(null)).longValue();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(name + " is not in the headers", e);
    }
  }
}
