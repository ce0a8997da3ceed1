package dev.jvmm.machine.boot;

import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.vcpu.EntryState;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An ELF kernel such as Linux's vmlinux. With a PVH note it is entered as that says
 * (Documentation/arch/x86, Xen's docs/misc/pvh); else at its entry point with a Linux zero page, in
 * 64 bits or, for ELF32, in 32.
 *
 * <p>Thread: as {@link BootImage}.
 */
public final class ElfKernel implements BootImage {

  private static final int COMMAND_LINE_MAX = 2047; // Linux's COMMAND_LINE_SIZE on x86, less 1
  private static final long INITRD_LIMIT_64 = 0x8000_0000L; // as bzImages of today say
  private static final long INITRD_LIMIT_32 = 0x3800_0000L; // the low memory of a 32-bit kernel
  private static final long MAPPED_BYTES = 4L << 30;

  // hvm_start_info, hvm_modlist_entry and hvm_memmap_table_entry (Xen: start_info.h), version 1.
  private static final int START_INFO_MAGIC = 0x336E_C578;
  private static final int START_INFO_BYTES = 56;
  private static final int MODLIST_BYTES = 32;

  private final SourceFile file;
  private final ElfFile elf;
  private final long entry;

  private ElfKernel(SourceFile file, ElfFile elf, long entry) {
    this.file = file;
    this.elf = elf;
    this.entry = entry;
  }

  static ElfKernel parse(SourceFile file, ByteBuffer head) {
    ElfFile elf = ElfFile.parse(file, head);
    if (elf.pvhEntry() >= 0) {
      return new ElfKernel(file, elf, elf.pvhEntry());
    }
    LoadSegments segments = elf.segments();
    long entry = segments.contains(elf.entry()) ? elf.entry() : segments.physical(elf.entry());
    if (entry < 0 || entry >= MAPPED_BYTES) {
      throw file.bad(
          "has its entry at %#x, where it loads nothing; link it anew".formatted(elf.entry()));
    }
    return new ElfKernel(file, elf, entry);
  }

  @Override
  public Path path() {
    return file.path();
  }

  /** Whether it is entered by PVH's rules rather than Linux's. */
  public boolean isPvh() {
    return elf.pvhEntry() >= 0;
  }

  @Override
  public List<BootModule> modules(String initrdOption) {
    return InitrdOption.linux(initrdOption);
  }

  @Override
  public void check(BootRequest request) {
    plan(request);
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Plan(@Nullable Payload initrd, long initrdGpa, byte[] commandLine) {}

  private Plan plan(BootRequest request) {
    byte[] commandLine = CommandLine.encode(request.commandLine(), COMMAND_LINE_MAX);
    Placement placement = new Placement(request.map());
    elf.segments().check(placement);
    Payload initrd = InitrdOption.single(request.modules());
    if (initrd == null) {
      return new Plan(null, 0, commandLine);
    }
    long limit = elf.is64() ? INITRD_LIMIT_64 : INITRD_LIMIT_32;
    long kernelEnd = elf.segments().endBelow(placement.lowTop());
    return new Plan(initrd, placement.initrd(initrd, kernelEnd, limit), commandLine);
  }

  @Override
  public EntryState load(GuestMemory memory, BootRequest request) {
    Plan plan = plan(request);
    GuestWriter writer = new GuestWriter(memory);
    elf.segments().load(writer);
    writer.write(BootArea.COMMAND_LINE, plan.commandLine());
    if (plan.initrd() != null) {
      writer.write(plan.initrdGpa(), plan.initrd());
    }
    EntryState state;
    if (isPvh()) {
      writer.write(BootArea.INFO, startInfo(plan, request));
      state = BootArea.infoEntry(entry, 0);
    } else {
      writer.write(BootArea.ZERO_PAGE, zeroPage(plan, request));
      EntryState.Mode mode = elf.is64() ? EntryState.Mode.LONG_64 : EntryState.Mode.PROTECTED_32;
      state = BootArea.linuxEntry(mode, entry, BootArea.ZERO_PAGE);
    }
    BootArea.writeTables(memory, state);
    return state;
  }

  private static byte[] zeroPage(Plan plan, BootRequest request) {
    ZeroPage page = new ZeroPage().memory(request.map(), request.rsdpGpa());
    page.commandLine(BootArea.COMMAND_LINE);
    if (plan.initrd() != null) {
      page.initrd(plan.initrdGpa(), plan.initrd().sizeBytes());
    }
    return page.bytes();
  }

  /** The start info, its list of one module, and the memory map behind it. */
  private static byte[] startInfo(Plan plan, BootRequest request) {
    ByteBuffer info = ByteBuffer.allocate(BootArea.INFO_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    boolean hasInitrd = plan.initrd() != null;
    long modules = BootArea.INFO + START_INFO_BYTES;
    info.putInt(START_INFO_MAGIC).putInt(1).putInt(0).putInt(hasInitrd ? 1 : 0);
    info.putLong(hasInitrd ? modules : 0);
    info.putLong(BootArea.COMMAND_LINE).putLong(request.rsdpGpa());
    info.putLong(modules + MODLIST_BYTES).putInt(request.map().size()).putInt(0);
    if (plan.initrd() != null) {
      info.putLong(plan.initrdGpa()).putLong(plan.initrd().sizeBytes()).putLong(0).putLong(0);
    }
    info.position(START_INFO_BYTES + MODLIST_BYTES);
    for (E820Entry e : request.map()) {
      info.putLong(e.gpa()).putLong(e.length()).putInt(e.type().code()).putInt(0);
    }
    return info.array();
  }

  @Override
  public void close() {
    file.close();
  }
}
