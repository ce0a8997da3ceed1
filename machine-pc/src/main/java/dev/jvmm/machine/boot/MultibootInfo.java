package dev.jvmm.machine.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a MultiBoot kernel finds in EBX (MultiBoot 0.6.96, section 3.3).
 *
 * <p>Thread: stateless.
 */
final class MultibootInfo {

  /** A module at its place. */
  record Module(long gpa, BootModule module) {

    private byte[] commandLine() {
      return module.commandLine().getBytes(StandardCharsets.UTF_8);
    }
  }

  private static final int INFO_BYTES = 116;
  private static final int FLAGS_MEMORY = 1;
  private static final int FLAGS_COMMAND_LINE = 1 << 2;
  private static final int FLAGS_MODULES = 1 << 3;
  private static final int FLAGS_MEMORY_MAP = 1 << 6;
  private static final int FLAGS_LOADER_NAME = 1 << 9;

  private static final int MODULE_BYTES = 16;
  private static final int MAP_ENTRY_BYTES = 24; // with the size field, which does not count itself

  private static final byte[] LOADER_NAME = "jvmm\0".getBytes(StandardCharsets.US_ASCII);

  private MultibootInfo() {}

  static boolean fits(List<Module> modules) {
    long bytes = 0;
    for (Module module : modules) {
      bytes += MODULE_BYTES + module.commandLine().length + 1;
    }
    return bytes <= BootArea.MODULE_LIST_BYTES;
  }

  /** The table of modules and their command lines, for {@link BootArea#MODULE_LIST}. */
  static byte[] moduleList(List<Module> modules) {
    int strings = modules.size() * MODULE_BYTES;
    int length = strings;
    for (Module module : modules) {
      length += module.commandLine().length + 1;
    }
    ByteBuffer list = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    for (Module module : modules) {
      long end = module.gpa() + module.module().payload().sizeBytes();
      list.putInt((int) module.gpa()).putInt((int) end);
      list.putInt((int) BootArea.MODULE_LIST + strings).putInt(0);
      list.put(strings, module.commandLine());
      strings += module.commandLine().length + 1;
    }
    return list.array();
  }

  /** The information itself, the loader's name and the memory map. */
  static byte[] info(int modules, List<E820Entry> map) {
    ByteBuffer info = ByteBuffer.allocate(BootArea.INFO_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    int mapOffset = INFO_BYTES + Long.BYTES;
    info.putInt(
        FLAGS_MEMORY | FLAGS_COMMAND_LINE | FLAGS_MODULES | FLAGS_MEMORY_MAP | FLAGS_LOADER_NAME);
    info.putInt((int) (MemoryMap.EBDA >> 10));
    info.putInt((int) ((new Placement(map).lowTop() - BootArea.MIB) >> 10));
    info.putInt(16, (int) BootArea.COMMAND_LINE);
    info.putInt(20, modules).putInt(24, (int) BootArea.MODULE_LIST);
    info.putInt(44, map.size() * MAP_ENTRY_BYTES).putInt(48, (int) BootArea.INFO + mapOffset);
    info.putInt(64, (int) BootArea.INFO + INFO_BYTES);
    info.put(INFO_BYTES, LOADER_NAME);
    info.position(mapOffset);
    for (E820Entry entry : map) {
      info.putInt(E820Entry.SIZE_BYTES);
      entry.putTo(info);
    }
    return info.array();
  }
}
