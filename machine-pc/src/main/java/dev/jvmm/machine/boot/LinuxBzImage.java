package dev.jvmm.machine.boot;

import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.vcpu.EntryState;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Linux bzImage, entered in 64 or in 32 bits as its header allows; its real-mode code never runs
 * (Documentation/arch/x86/boot.rst).
 *
 * <p>Not supported: a zImage, which is loaded below 640 KiB.
 *
 * <p>Thread: as {@link BootImage}.
 */
public final class LinuxBzImage implements BootImage {

  private static final long ENTRY_64 = 0x200; // from the start of the protected-mode part
  private static final int PROTOCOL_2_02 = 0x202; // from here on cmd_line_ptr
  private static final long OLD_ZERO_PAGE = 0x90000;
  private static final int OLD_COMMAND_LINE = 0x1000; // behind it

  private final SourceFile file;
  private final SetupHeader header;
  private final long kernelBytes;

  private LinuxBzImage(SourceFile file, SetupHeader header) {
    this.file = file;
    this.header = header;
    this.kernelBytes = file.sizeBytes() - header.setupBytes();
  }

  static LinuxBzImage parse(SourceFile file, ByteBuffer head) {
    SetupHeader header = SetupHeader.parse(file, head);
    if ((header.loadFlags() & SetupHeader.LOADED_HIGH) == 0) {
      throw file.bad("is a zImage, which is not supported; build a bzImage");
    }
    LinuxBzImage image = new LinuxBzImage(file, header);
    if (!header.has64BitEntry()) {
      long offset = header.code32Start() - BootArea.MIB;
      if (offset < 0 || offset >= image.kernelBytes) {
        throw file.bad(
            "has a broken header, an entry at %#x; give another file"
                .formatted(header.code32Start()));
      }
    }
    return image;
  }

  /** What {@code uname -r} will say, empty if the file does not tell. */
  public String release() {
    return header.release();
  }

  @Override
  public Path path() {
    return file.path();
  }

  @Override
  public List<BootModule> modules(String initrdOption) {
    return InitrdOption.linux(initrdOption);
  }

  /**
   * Where everything goes.
   *
   * @param alignment 0 where it stays as the file says
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Plan(
      long gpa, long alignment, long initrdGpa, @Nullable Payload initrd, byte[] commandLine) {}

  private record Spot(long gpa, long alignment, long end) {}

  @Override
  public void check(BootRequest request) {
    plan(request);
  }

  private Plan plan(BootRequest request) {
    byte[] commandLine = CommandLine.encode(request.commandLine(), header.commandLineMax());
    Placement placement = new Placement(request.map());
    Spot spot = spot(placement.lowTop());
    Payload initrd = InitrdOption.single(request.modules());
    long initrdGpa =
        initrd == null ? 0 : placement.initrd(initrd, spot.end(), header.initrdMax() + 1);
    return new Plan(spot.gpa(), spot.alignment(), initrdGpa, initrd, commandLine);
  }

  /** The place that the kernel prefers; if there is no RAM, the lowest that it takes. */
  private Spot spot(long top) {
    SetupHeader.Relocation r = header.relocation();
    if (!r.relocatable()) {
      long runs = r.preferred() == 0 ? BootArea.MIB : r.preferred();
      return fitting(top, new Spot(BootArea.MIB, 0, end(BootArea.MIB, runs)));
    }
    Spot low = at(BootArea.MIB, r.alignment(), 0);
    Spot lowest = at(BootArea.MIB, r.minAlignment(), r.minAlignment());
    if (r.preferred() < BootArea.MIB) {
      return fitting(top, low, lowest);
    }
    return fitting(top, at(r.preferred(), r.alignment(), 0), low, lowest);
  }

  private Spot at(long address, long alignment, long newAlignment) {
    long gpa = (address + alignment - 1) & -alignment;
    return new Spot(gpa, newAlignment, end(gpa, gpa));
  }

  /** The first address behind both the file and what it unpacks to; huge where that overflows. */
  private long end(long loaded, long runs) {
    long end = Math.max(loaded + kernelBytes, runs + header.relocation().initSize());
    return runs < 0 || loaded < 0 || end < 0 ? Long.MAX_VALUE : end;
  }

  private Spot fitting(long top, Spot... spots) {
    for (Spot spot : spots) {
      if (spot.end() <= top) {
        return spot;
      }
    }
    throw new ConfigException(
        PROPERTY,
        "%s: needs RAM up to %d MiB and the guest has %d; raise -m"
            .formatted(path(), ((spots[spots.length - 1].end() - 1) >> 20) + 1, top >> 20));
  }

  @Override
  public EntryState load(GuestMemory memory, BootRequest request) {
    Plan plan = plan(request);
    GuestWriter writer = new GuestWriter(memory);
    writer.read(plan.gpa(), file, header.setupBytes(), kernelBytes);
    ZeroPage zeroPage = new ZeroPage(header).memory(request.map(), request.rsdpGpa());
    long entry32 = header.code32Start() - BootArea.MIB + plan.gpa();
    if (plan.gpa() != BootArea.MIB) {
      zeroPage.code32Start(entry32);
    }
    if (plan.alignment() != 0) {
      zeroPage.alignment(plan.alignment());
    }
    if (plan.initrd() != null) {
      writer.write(plan.initrdGpa(), plan.initrd());
      zeroPage.initrd(plan.initrdGpa(), plan.initrd().sizeBytes());
    }
    boolean old = header.version() < PROTOCOL_2_02;
    long zeroPageGpa = old ? OLD_ZERO_PAGE : BootArea.ZERO_PAGE;
    if (old) {
      zeroPage.oldCommandLine(OLD_COMMAND_LINE);
      writer.write(OLD_ZERO_PAGE + OLD_COMMAND_LINE, plan.commandLine());
    } else {
      zeroPage.commandLine(BootArea.COMMAND_LINE);
      writer.write(BootArea.COMMAND_LINE, plan.commandLine());
    }
    writer.write(zeroPageGpa, zeroPage.bytes());
    EntryState state =
        header.has64BitEntry()
            ? BootArea.linuxEntry(EntryState.Mode.LONG_64, plan.gpa() + ENTRY_64, zeroPageGpa)
            : BootArea.linuxEntry(EntryState.Mode.PROTECTED_32, entry32, zeroPageGpa);
    BootArea.writeTables(memory, state);
    return state;
  }

  @Override
  public void close() {
    file.close();
  }
}
