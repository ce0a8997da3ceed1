package dev.jvmm.machine.boot;

import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.vcpu.EntryState;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A kernel for MultiBoot 0.6.96: an ELF file, or any file whose header gives the addresses.
 *
 * <p>Not supported: a video mode, drives, a symbol table, APM.
 *
 * <p>Thread: as {@link BootImage}.
 */
public final class MultibootImage implements BootImage {

  private static final int EAX_MAGIC = 0x2BADB002;
  private static final long MAX_ENTRY = 0xFFFF_FFFFL;

  private final SourceFile file;
  private final LoadSegments segments;
  private final long entry;

  private MultibootImage(SourceFile file, LoadSegments segments, long entry) {
    this.file = file;
    this.segments = segments;
    this.entry = entry;
  }

  static MultibootImage parse(SourceFile file, ByteBuffer head, MultibootHeader header) {
    if (header.unknownDemands() != 0) {
      throw file.bad(
          "asks for MultiBoot features %#x, which are not supported; give another kernel"
              .formatted(header.unknownDemands()));
    }
    LoadSegments segments;
    long entry;
    if (header.hasAddresses()) {
      segments = header.segments(file);
      entry = header.entry();
    } else if (ElfFile.isIn(head)) {
      ElfFile elf = ElfFile.parse(file, head);
      segments = elf.segments();
      entry = segments.contains(elf.entry()) ? elf.entry() : segments.physical(elf.entry());
    } else {
      throw file.bad(
          "has a MultiBoot header without addresses and is no ELF file; set its flag 16");
    }
    if (!segments.contains(entry) || entry > MAX_ENTRY) {
      throw file.bad("has its entry where it loads nothing; link it anew");
    }
    return new MultibootImage(file, segments, entry);
  }

  @Override
  public Path path() {
    return file.path();
  }

  @Override
  public List<BootModule> modules(String initrdOption) {
    return InitrdOption.multiboot(initrdOption);
  }

  @Override
  public void check(BootRequest request) {
    plan(request);
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Plan(byte[] commandLine, List<MultibootInfo.Module> modules) {}

  private Plan plan(BootRequest request) {
    Placement placement = new Placement(request.map());
    segments.check(placement);
    List<MultibootInfo.Module> modules = new ArrayList<>();
    long end = segments.endBelow(placement.lowTop());
    for (BootModule module : request.modules()) {
      long gpa = placement.behind(end, module.payload());
      modules.add(new MultibootInfo.Module(gpa, module));
      end = gpa + module.payload().sizeBytes();
    }
    if (!MultibootInfo.fits(modules)) {
      throw new ConfigException(
          "initrd", request.modules().size() + " modules: too many; give fewer");
    }
    // A kernel for MultiBoot takes the first word for its own name.
    String line = (file.path() + " " + request.commandLine()).stripTrailing();
    return new Plan(CommandLine.encode(line, Long.MAX_VALUE), modules);
  }

  @Override
  public EntryState load(GuestMemory memory, BootRequest request) {
    Plan plan = plan(request);
    GuestWriter writer = new GuestWriter(memory);
    segments.load(writer);
    for (MultibootInfo.Module module : plan.modules()) {
      writer.write(module.gpa(), module.module().payload());
    }
    writer.write(BootArea.COMMAND_LINE, plan.commandLine());
    writer.write(BootArea.MODULE_LIST, MultibootInfo.moduleList(plan.modules()));
    writer.write(BootArea.INFO, MultibootInfo.info(plan.modules().size(), request.map()));
    EntryState state = BootArea.infoEntry(entry, EAX_MAGIC);
    BootArea.writeTables(memory, state);
    return state;
  }

  @Override
  public void close() {
    file.close();
  }
}
