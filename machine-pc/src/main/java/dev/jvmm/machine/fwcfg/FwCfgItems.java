package dev.jvmm.machine.fwcfg;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.machine.boot.E820Entry;
import dev.jvmm.machine.boot.Payload;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a guest can read from {@link FwCfg}: items by number, and files by name whose numbers the
 * directory gives (QEMU: docs/specs/fw_cfg; numbers as in its standard-headers).
 *
 * <p>Thread: immutable.
 */
public final class FwCfgItems {

  /** The attack it stops: a guest's one access that makes us read gigabytes into our memory. */
  private static final long MAX_FILE_BYTES = 64L << 20;

  static final int SIGNATURE = 0x00;
  static final int ID = 0x01;
  static final int UUID = 0x02;
  static final int RAM_SIZE = 0x03;
  static final int NOGRAPHIC = 0x04;
  static final int NB_CPUS = 0x05;
  static final int KERNEL_ADDR = 0x07;
  static final int KERNEL_SIZE = 0x08;
  static final int INITRD_ADDR = 0x0A;
  static final int INITRD_SIZE = 0x0B;
  static final int MAX_CPUS = 0x0F;
  static final int KERNEL_DATA = 0x11;
  static final int INITRD_DATA = 0x12;
  static final int CMDLINE_ADDR = 0x13;
  static final int CMDLINE_SIZE = 0x14;
  static final int CMDLINE_DATA = 0x15;
  static final int SETUP_ADDR = 0x16;
  static final int SETUP_SIZE = 0x17;
  static final int SETUP_DATA = 0x18;
  static final int FILE_DIR = 0x19;
  static final int FILE_FIRST = 0x20;

  private static final int ID_TRADITIONAL = 1;
  private static final int ID_DMA = 2;

  private static final int NAME_BYTES = 56; // with the NUL
  private static final int DIRECTORY_ENTRY_BYTES = 64;

  /** Numbers of files end where the write bit of the selector begins. */
  private static final int MAX_FILES = 0x4000 - FILE_FIRST;

  private final Map<Integer, Item> items;

  private FwCfgItems(Map<Integer, Item> items) {
    this.items = Map.copyOf(items);
  }

  /** The item with this number; an empty one where there is none. */
  Item item(int key) {
    return items.getOrDefault(key, Item.NONE);
  }

  /** Starts with what every machine has: the signature, and an id that offers DMA. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Collects the items of one machine.
   *
   * <p>Thread: confined.
   */
  public static final class Builder {

    private final Map<Integer, Payload> items = new HashMap<>();
    private final TreeMap<String, Payload> files = new TreeMap<>();

    private Builder() {
      put(SIGNATURE, "QEMU".getBytes(StandardCharsets.US_ASCII));
      put32(ID, ID_TRADITIONAL | ID_DMA);
      put16(NOGRAPHIC, 1);
    }

    /** How many CPUs run at the start, and how many there can be. */
    public Builder cpus(int present, int max) {
      put16(NB_CPUS, present);
      return put16(MAX_CPUS, max);
    }

    /** Bytes of RAM below and above 4 GiB together. */
    public Builder ramBytes(long bytes) {
      return put(RAM_SIZE, little(bytes, Long.BYTES));
    }

    /** The 16 bytes of the machine's UUID, in the order in which it is written. */
    public Builder uuid(byte[] uuid) {
      return put(UUID, uuid.clone());
    }

    /** The memory map, as {@code etc/e820}. */
    public Builder e820(List<E820Entry> map) {
      ByteBuffer table =
          ByteBuffer.allocate(map.size() * E820Entry.SIZE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      map.forEach(entry -> entry.putTo(table));
      return file("etc/e820", Payload.ofBytes("etc/e820", table.array()));
    }

    /** The protected-mode part of a kernel, and where it is to be loaded. */
    public Builder kernel(long gpa, Payload data) {
      return region(KERNEL_ADDR, KERNEL_SIZE, KERNEL_DATA, gpa, data);
    }

    /** The real-mode part of a kernel, with its setup header filled in. */
    public Builder setup(long gpa, Payload data) {
      return region(SETUP_ADDR, SETUP_SIZE, SETUP_DATA, gpa, data);
    }

    /** The initrd, and where it is to be loaded. */
    public Builder initrd(long gpa, Payload data) {
      return region(INITRD_ADDR, INITRD_SIZE, INITRD_DATA, gpa, data);
    }

    /** The kernel's command line, and where it is to be put; a NUL is added. */
    public Builder commandLine(long gpa, String text) {
      byte[] bytes = (text + "\0").getBytes(StandardCharsets.UTF_8);
      Payload data = Payload.ofBytes("cmdline", bytes);
      return region(CMDLINE_ADDR, CMDLINE_SIZE, CMDLINE_DATA, gpa, data);
    }

    private Builder region(int addrKey, int sizeKey, int dataKey, long gpa, Payload data) {
      put32(addrKey, (int) gpa);
      put32(sizeKey, (int) data.sizeBytes());
      items.put(dataKey, data);
      return this;
    }

    /** {@code -fw_cfg name=,string=}: the text without a NUL. */
    public Builder string(String name, String text) {
      return file(name, Payload.ofBytes(name, text.getBytes(StandardCharsets.UTF_8)));
    }

    /** {@code -fw_cfg name=,file=}. */
    public Builder file(String name, Path path) {
      return file(name, Payload.ofFile("fw_cfg", path));
    }

    /**
     * A named file.
     *
     * @throws ConfigException if the name is empty, too long, not ASCII or taken
     */
    public Builder file(String name, Payload content) {
      byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
      if (bytes.length == 0 || bytes.length != name.length() || name.indexOf('\0') >= 0) {
        throw new ConfigException("fw_cfg", "name=" + name + ": not ASCII; name it opt/...");
      }
      if (bytes.length >= NAME_BYTES) {
        throw new ConfigException(
            "fw_cfg", "name=" + name + ": longer than 55 characters; shorten it");
      }
      if (content.sizeBytes() > MAX_FILE_BYTES) {
        throw new ConfigException("fw_cfg", "name=" + name + ": above 64 MiB; give a smaller file");
      }
      if (files.putIfAbsent(name, content) != null) {
        throw new ConfigException("fw_cfg", "name=" + name + ": is there already; rename it");
      }
      if (files.size() > MAX_FILES) {
        throw new ConfigException("fw_cfg", "name=" + name + ": too many files; give fewer");
      }
      return this;
    }

    /** The items, files in the order of their names. */
    public FwCfgItems build() {
      Map<Integer, Item> all = new HashMap<>();
      items.forEach((key, payload) -> all.put(key, new Item(payload)));
      ByteBuffer directory =
          ByteBuffer.allocate(Integer.BYTES + files.size() * DIRECTORY_ENTRY_BYTES)
              .putInt(files.size());
      int key = FILE_FIRST;
      for (Map.Entry<String, Payload> file : files.entrySet()) {
        int start = directory.position();
        directory.putInt((int) file.getValue().sizeBytes()).putShort((short) key);
        directory.putShort((short) 0).put(file.getKey().getBytes(StandardCharsets.US_ASCII));
        directory.position(start + DIRECTORY_ENTRY_BYTES);
        all.put(key, new Item(file.getValue()));
        key++;
      }
      all.put(FILE_DIR, new Item(Payload.ofBytes("directory", directory.array())));
      return new FwCfgItems(all);
    }

    private Builder put(int key, byte[] bytes) {
      items.put(key, Payload.ofBytes("item " + key, bytes));
      return this;
    }

    private Builder put16(int key, int value) {
      return put(key, little(value, Short.BYTES));
    }

    private Builder put32(int key, int value) {
      return put(key, little(value, Integer.BYTES));
    }

    private static byte[] little(long value, int bytes) {
      byte[] result = new byte[bytes];
      for (int i = 0; i < bytes; i++) {
        result[i] = (byte) (value >> (8 * i));
      }
      return result;
    }
  }
}
