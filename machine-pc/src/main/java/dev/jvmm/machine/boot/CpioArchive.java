package dev.jvmm.machine.boot;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A cpio archive of the form "newc", as Linux unpacks it for an initrd
 * (Documentation/driver-api/early-userspace/buffer-format.rst). Its files are read when it is
 * written into the guest, and never before.
 *
 * <p>Thread: immutable.
 */
final class CpioArchive implements Payload {

  private static final int DIRECTORY = 0040000;
  private static final int CHARACTER_DEVICE = 0020000;
  private static final int REGULAR = 0100000;
  private static final int SYMLINK = 0120000;

  private static final byte[] MAGIC = "070701".getBytes(StandardCharsets.US_ASCII);
  private static final String TRAILER = "TRAILER!!!";
  private static final int FIELDS = 13;
  private static final int FIELD_DIGITS = 8;
  private static final int HEADER_BYTES = 6 + FIELDS * FIELD_DIGITS;
  private static final byte[] DIGITS = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);
  private static final Payload NOTHING = Payload.ofBytes("nothing", new byte[0]);

  /** A header with its name, padded, and what follows it. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Entry(byte[] header, Payload content) {

    long sizeBytes() {
      return header.length + padded(content.sizeBytes());
    }
  }

  private final String name;
  private final List<Entry> entries;
  private final long sizeBytes;

  private CpioArchive(String name, List<Entry> entries) {
    this.name = name;
    this.entries = List.copyOf(entries);
    this.sizeBytes = entries.stream().mapToLong(Entry::sizeBytes).sum();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public void copyTo(MemorySegment target) {
    long at = 0;
    for (Entry entry : entries) {
      int headerBytes = entry.header().length;
      MemorySegment.copy(MemorySegment.ofArray(entry.header()), 0, target, at, headerBytes);
      long length = entry.content().sizeBytes();
      entry.content().copyTo(target.asSlice(at + headerBytes, length));
      target.asSlice(at + headerBytes + length, padded(length) - length).fill((byte) 0);
      at += entry.sizeBytes();
    }
  }

  @Override
  public void close() {
    // its files are open only while they are read
  }

  private static long padded(long length) {
    return (length + 3) & ~3L;
  }

  /**
   * Collects entries; a directory before what lies in it.
   *
   * <p>Thread: confined.
   */
  static final class Builder {

    private final List<Entry> entries = new ArrayList<>();

    Builder directory(String path) {
      return add(path, DIRECTORY | 0755, NOTHING);
    }

    Builder file(String path, int permissions, Payload content) {
      return add(path, REGULAR | permissions, content);
    }

    Builder script(String path, String text) {
      return file(path, 0755, Payload.ofBytes(path, text.getBytes(StandardCharsets.UTF_8)));
    }

    Builder symlink(String path, String target) {
      byte[] bytes = target.getBytes(StandardCharsets.UTF_8);
      return add(path, SYMLINK | 0777, Payload.ofBytes(path, bytes));
    }

    Builder characterDevice(String path, int permissions, int major, int minor) {
      add(path, CHARACTER_DEVICE | permissions, NOTHING, major, minor);
      return this;
    }

    CpioArchive build(String name) {
      add(TRAILER, 0, NOTHING);
      return new CpioArchive(name, entries);
    }

    private Builder add(String path, int mode, Payload content) {
      add(path, mode, content, 0, 0);
      return this;
    }

    private void add(String path, int mode, Payload content, int major, int minor) {
      if (content.sizeBytes() > 0xFFFF_FFFFL) {
        throw new IllegalArgumentException(path + ": above 4 GiB");
      }
      byte[] pathBytes = path.getBytes(StandardCharsets.UTF_8);
      byte[] header = new byte[(int) padded(HEADER_BYTES + pathBytes.length + 1L)];
      System.arraycopy(MAGIC, 0, header, 0, MAGIC.length);
      long[] fields = new long[FIELDS];
      fields[0] = entries.size() + 1L; // inode
      fields[1] = mode;
      fields[4] = 1; // links
      fields[6] = content.sizeBytes();
      fields[9] = major;
      fields[10] = minor;
      fields[11] = pathBytes.length + 1L;
      for (int i = 0; i < FIELDS; i++) {
        putHex(header, MAGIC.length + i * FIELD_DIGITS, fields[i]);
      }
      System.arraycopy(pathBytes, 0, header, HEADER_BYTES, pathBytes.length);
      entries.add(new Entry(header, content));
    }

    private static void putHex(byte[] target, int offset, long value) {
      for (int i = 0; i < FIELD_DIGITS; i++) {
        target[offset + i] = DIGITS[(int) (value >> (4 * (FIELD_DIGITS - 1 - i))) & 0xF];
      }
    }
  }
}
