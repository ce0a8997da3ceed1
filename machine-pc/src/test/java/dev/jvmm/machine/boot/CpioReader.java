package dev.jvmm.machine.boot;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Unpacks an archive as Linux's init/initramfs.c does: by the header's own lengths. */
final class CpioReader {

  /** What an archive says of one name. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Entry(int mode, int major, int minor, byte[] content) {

    String text() {
      return new String(content, StandardCharsets.UTF_8);
    }
  }

  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private CpioReader() {}

  Set<String> names() {
    return entries.keySet();
  }

  Entry get(String name) {
    return Objects.requireNonNull(entries.get(name), name);
  }

  /** Copies the payload into memory full of rubbish, as a guest's is after a reset. */
  static byte[] bytes(Payload payload) {
    MemorySegment memory = Arena.ofAuto().allocate(payload.sizeBytes()).fill((byte) 0x5A);
    payload.copyTo(memory);
    return memory.toArray(ValueLayout.JAVA_BYTE);
  }

  static CpioReader read(Payload payload) {
    byte[] archive = bytes(payload);
    CpioReader reader = new CpioReader();
    int at = 0;
    while (true) {
      String magic = new String(archive, at, 6, StandardCharsets.US_ASCII);
      if (!magic.equals("070701")) {
        throw new IllegalStateException("no header at " + at + ": " + magic);
      }
      int nameBytes = field(archive, at, 11);
      int start = at + 110;
      String name = new String(archive, start, nameBytes - 1, StandardCharsets.UTF_8);
      if (archive[start + nameBytes - 1] != 0) {
        throw new IllegalStateException("no NUL behind " + name);
      }
      int content = (start + nameBytes + 3) & ~3;
      int length = field(archive, at, 6);
      if (name.equals("TRAILER!!!")) {
        return reader;
      }
      byte[] bytes = Arrays.copyOfRange(archive, content, content + length);
      int mode = field(archive, at, 1);
      reader.entries.put(
          name, new Entry(mode, field(archive, at, 9), field(archive, at, 10), bytes));
      at = (content + length + 3) & ~3;
    }
  }

  private static int field(byte[] archive, int header, int index) {
    String digits = new String(archive, header + 6 + 8 * index, 8, StandardCharsets.US_ASCII);
    return Integer.parseUnsignedInt(digits, 16);
  }
}
