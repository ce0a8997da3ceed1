package dev.jvmm.machine.smbios;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The structures, one method each (DSP0134 3.0, chapter 7), field after field.
 *
 * <p>Thread: no state.
 */
final class Structures {

  /** More would not fit beside the longest texts. */
  private static final int MAX_SOCKETS = 256;

  private static final int HANDLE_BIOS = 0x0000;
  private static final int HANDLE_SYSTEM = 0x0100;
  private static final int HANDLE_CHASSIS = 0x0300;
  private static final int HANDLE_PROCESSOR = 0x0400; // and up, one a socket
  private static final int HANDLE_MEMORY_ARRAY = 0x1000;
  private static final int HANDLE_MEMORY_DEVICE = 0x1100;
  private static final int HANDLE_MEMORY_RANGE = 0x1300; // and up, one a range
  private static final int HANDLE_BOOT = 0x2000;
  private static final int HANDLE_END = 0x7F00;

  private static final int NO_HANDLE = 0xFFFF;
  private static final int NO_ERROR_HANDLE = 0xFFFE;
  private static final int OTHER = 1;
  private static final int UNKNOWN = 2;

  private static final int BIOS_CHARACTERISTICS_UNSUPPORTED = 1 << 3;
  private static final int BIOS_EXT2_VIRTUAL_MACHINE = 1 << 4;
  private static final int SYSTEM_WAKE_UP_POWER_SWITCH = 6;
  private static final int CHASSIS_STATE_SAFE = 3;
  private static final int PROCESSOR_CENTRAL = 3;
  private static final int PROCESSOR_POPULATED_ENABLED = 0x41;
  private static final int PROCESSOR_64_BIT = 1 << 2;
  private static final int PROCESSOR_MULTI_CORE = 1 << 3;
  private static final int ARRAY_SYSTEM_MEMORY = 3;
  private static final int ARRAY_NO_ECC = 3;
  private static final long ARRAY_USE_EXTENDED = 0x8000_0000L;
  private static final int DEVICE_DIMM = 9;
  private static final int DEVICE_RAM = 7;
  private static final int DEVICE_DETAIL_OTHER = 1 << 1;
  private static final int DEVICE_USE_EXTENDED = 0x7FFF;
  private static final int DEVICE_UNIT_KIB = 1 << 15;
  private static final long RANGE_USE_EXTENDED = 0xFFFF_FFFFL;
  private static final long KIB = 1L << 10;
  private static final long MIB = 1L << 20;

  private Structures() {}

  /** All of them, in the order of their types. */
  static List<byte[]> of(SmbiosConfig config) {
    List<byte[]> all = new ArrayList<>();
    long ramBytes = 0;
    for (SmbiosConfig.RamRange range : config.ram()) {
      ramBytes += range.sizeBytes();
    }
    all.add(bios(config.bios()));
    all.add(system(config.system()));
    all.add(chassis(config.system().manufacturer()));
    int sockets = Math.min(config.processors().sockets(), MAX_SOCKETS);
    for (int socket = 0; socket < sockets; socket++) {
      all.add(processor(config.processors(), socket));
    }
    all.add(memoryArray(ramBytes));
    all.add(memoryDevice(ramBytes));
    for (int i = 0; i < config.ram().size(); i++) {
      all.add(memoryRange(config.ram().get(i), i));
    }
    all.add(new Structure(32, HANDLE_BOOT).u32(0).u16(0).u8(0).finish()); // no errors
    all.add(new Structure(127, HANDLE_END).finish());
    return all;
  }

  private static byte[] bios(SmbiosConfig.Bios bios) {
    return new Structure(0, HANDLE_BIOS)
        .text(bios.vendor())
        .text(bios.version())
        .u16(0) // no start segment
        .text(bios.date())
        .u8(0) // ROM of 64 KiB
        .u64(BIOS_CHARACTERISTICS_UNSUPPORTED)
        .u8(0)
        .u8(BIOS_EXT2_VIRTUAL_MACHINE)
        .u8(bios.release().major())
        .u8(bios.release().minor())
        .u8(0xFF) // no embedded controller
        .u8(0xFF)
        .finish();
  }

  private static byte[] system(SmbiosConfig.SystemInfo system) {
    Structure out =
        new Structure(1, HANDLE_SYSTEM)
            .text(system.manufacturer())
            .text(system.product())
            .text(system.version())
            .text(system.serial());
    return uuid(out, system.uuid())
        .u8(SYSTEM_WAKE_UP_POWER_SWITCH)
        .text(system.sku())
        .text(system.family())
        .finish();
  }

  /** The first three fields are little-endian numbers, the last two are bytes (7.2.1). */
  private static Structure uuid(Structure out, UUID uuid) {
    long high = uuid.getMostSignificantBits();
    return out.u32(high >>> 32)
        .u16((int) (high >>> 16))
        .u16((int) high)
        .u64(Long.reverseBytes(uuid.getLeastSignificantBits()));
  }

  private static byte[] chassis(String manufacturer) {
    return new Structure(3, HANDLE_CHASSIS)
        .text(manufacturer)
        .u8(OTHER)
        .text("")
        .text("")
        .text("")
        .u8(CHASSIS_STATE_SAFE)
        .u8(CHASSIS_STATE_SAFE)
        .u8(CHASSIS_STATE_SAFE)
        .u8(UNKNOWN) // security
        .u32(0)
        .u8(0) // height unknown
        .u8(0) // power cords unknown
        .u8(0) // contains no elements
        .u8(0)
        .text("")
        .finish();
  }

  private static byte[] processor(SmbiosConfig.Processors cpus, int socket) {
    int cores = cpus.coresPerSocket();
    int threads = cpus.threadsPerSocket();
    return new Structure(4, HANDLE_PROCESSOR + socket)
        .text("CPU ".concat(Integer.toString(socket)))
        .u8(PROCESSOR_CENTRAL)
        .u8(OTHER) // family
        .text("")
        .u64(cpus.signature())
        .text(cpus.version())
        .u8(0) // voltage, clock and speeds unknown
        .u16(0)
        .u16(0)
        .u16(0)
        .u8(PROCESSOR_POPULATED_ENABLED)
        .u8(OTHER) // upgrade
        .u16(NO_HANDLE) // caches
        .u16(NO_HANDLE)
        .u16(NO_HANDLE)
        .text("")
        .text("")
        .text("")
        .u8(Math.min(cores, 0xFF)) // 0xFF: see the 16-bit count
        .u8(Math.min(cores, 0xFF))
        .u8(Math.min(threads, 0xFF))
        .u16(PROCESSOR_64_BIT | (cores > 1 ? PROCESSOR_MULTI_CORE : 0))
        .u16(OTHER)
        .u16(cores)
        .u16(cores)
        .u16(threads)
        .finish();
  }

  private static byte[] memoryArray(long ramBytes) {
    boolean extended = ramBytes / KIB >= ARRAY_USE_EXTENDED;
    return new Structure(16, HANDLE_MEMORY_ARRAY)
        .u8(OTHER) // location
        .u8(ARRAY_SYSTEM_MEMORY)
        .u8(ARRAY_NO_ECC)
        .u32(extended ? ARRAY_USE_EXTENDED : ramBytes / KIB)
        .u16(NO_ERROR_HANDLE)
        .u16(1) // devices
        .u64(extended ? ramBytes : 0)
        .finish();
  }

  private static byte[] memoryDevice(long ramBytes) {
    long mib = ramBytes / MIB;
    boolean extended = mib >= DEVICE_USE_EXTENDED;
    int size = extended ? DEVICE_USE_EXTENDED : (int) mib;
    boolean small = ramBytes % MIB != 0 && ramBytes / KIB < DEVICE_UNIT_KIB - 1;
    return new Structure(17, HANDLE_MEMORY_DEVICE)
        .u16(HANDLE_MEMORY_ARRAY)
        .u16(NO_ERROR_HANDLE)
        .u16(0xFFFF) // widths unknown
        .u16(0xFFFF)
        .u16(small ? DEVICE_UNIT_KIB | (int) (ramBytes / KIB) : size)
        .u8(DEVICE_DIMM)
        .u8(0) // of no set
        .text("DIMM 0")
        .text("")
        .u8(DEVICE_RAM)
        .u16(DEVICE_DETAIL_OTHER)
        .u16(0) // speed unknown
        .text("")
        .text("")
        .text("")
        .text("")
        .u8(0) // rank unknown
        .u32(extended ? mib : 0)
        .u16(0) // speed and voltages unknown
        .u16(0)
        .u16(0)
        .u16(0)
        .finish();
  }

  private static byte[] memoryRange(SmbiosConfig.RamRange range, int index) {
    long last = range.start() + range.sizeBytes() - 1;
    boolean extended = last / KIB >= RANGE_USE_EXTENDED;
    return new Structure(19, HANDLE_MEMORY_RANGE + index)
        .u32(extended ? RANGE_USE_EXTENDED : range.start() / KIB)
        .u32(extended ? RANGE_USE_EXTENDED : last / KIB)
        .u16(HANDLE_MEMORY_ARRAY)
        .u8(1) // one device holds it
        .u64(extended ? range.start() : 0)
        .u64(extended ? last : 0)
        .finish();
  }
}
