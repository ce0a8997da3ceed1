package dev.jvmm.machine.boot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Writes a modules.dep.bin: one node a character, no prefixes. */
final class DepmodIndex {

  private static final int VALUES = 1 << 30;
  private static final int CHILDREN = 1 << 29;

  private final ByteBuffer file = ByteBuffer.allocate(1 << 16);

  private DepmodIndex() {}

  static void write(Path path, Map<String, String> values) throws IOException {
    DepmodIndex index = new DepmodIndex();
    index.file.putInt(0xB007F457).putInt(0x00020001).putInt(0);
    int root = index.node("", new TreeMap<>(values));
    index.file.putInt(8, root);
    byte[] bytes = new byte[index.file.position()];
    index.file.get(0, bytes);
    Files.write(path, bytes);
  }

  private int node(String start, NavigableMap<String, String> values) {
    NavigableMap<String, String> below = new TreeMap<>(values.tailMap(start, false));
    below.keySet().removeIf(name -> !name.startsWith(start));
    int[] children = new int[128];
    int first = 128;
    int last = 0;
    for (char c = 1; c < 128; c++) {
      String next = start + c;
      if (below.keySet().stream().anyMatch(name -> name.startsWith(next))) {
        children[c] = node(next, below);
        first = Math.min(first, c);
        last = c;
      }
    }
    int flags = 0;
    final int offset = file.position();
    if (first <= last) {
      flags |= CHILDREN;
      file.put((byte) first).put((byte) last);
      for (int c = first; c <= last; c++) {
        file.putInt(children[c]);
      }
    }
    String value = values.get(start);
    if (value != null) {
      flags |= VALUES;
      file.putInt(1).putInt(0).put((value + "\0").getBytes(StandardCharsets.US_ASCII));
    }
    return offset | flags;
  }
}
