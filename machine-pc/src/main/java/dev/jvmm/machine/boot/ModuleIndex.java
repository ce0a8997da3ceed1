package dev.jvmm.machine.boot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Looks names up in an index that depmod(8) made, such as {@code modules.dep.bin}: a tree of
 * characters, of which a look-up reads a few nodes. The text beside it is half a megabyte, and its
 * search costs 20 ms in a JVM that has just started.
 *
 * <p>A damaged index answers as if it had no such name.
 *
 * <p>Thread: confined.
 */
final class ModuleIndex implements AutoCloseable {

  private static final int MAGIC = 0xB007F457;
  private static final int VERSION_MAJOR = 2; // upper half of the second word
  private static final int ROOT = 8;

  // A node's offset says in its upper bits what the node has.
  private static final int HAS_PREFIX = 1 << 31;
  private static final int HAS_VALUES = 1 << 30;
  private static final int HAS_CHILDREN = 1 << 29;
  private static final int OFFSET_MASK = 0x0FFF_FFFF;

  /** Longer prefixes and values there are none; a damaged index can't make us read without end. */
  private static final int MAX_TEXT_BYTES = 16384;

  private static final int NODE_BYTES = 1024; // more than most nodes have

  private final FileChannel channel;

  private ModuleIndex(FileChannel channel) {
    this.channel = channel;
  }

  /** Opens an index; {@code null} where there is none, or one of another form. */
  static @Nullable ModuleIndex open(Path path) {
    try {
      ModuleIndex index = new ModuleIndex(FileChannel.open(path, StandardOpenOption.READ));
      ByteBuffer header = index.read(0, ROOT + Integer.BYTES);
      if (header.remaining() == ROOT + Integer.BYTES
          && header.getInt() == MAGIC
          && header.getInt() >>> 16 == VERSION_MAJOR) {
        return index;
      }
      index.close();
    } catch (IOException e) {
      // As if there were none.
    }
    return null;
  }

  /** The first value of a name; {@code null} if it has none. */
  @Nullable String find(String name) {
    try {
      return find(name, read(ROOT, Integer.BYTES).getInt());
    } catch (IOException | RuntimeException e) {
      return null; // a damaged index
    }
  }

  private @Nullable String find(String name, int root) throws IOException {
    int node = root;
    int done = 0;
    while (node != 0) {
      ByteBuffer bytes = read(node & OFFSET_MASK, NODE_BYTES);
      if ((node & HAS_PREFIX) != 0) {
        String prefix = text(bytes);
        if (!name.startsWith(prefix, done)) {
          return null;
        }
        done += prefix.length();
      }
      int first = 0;
      int children = 0;
      if ((node & HAS_CHILDREN) != 0) {
        first = Byte.toUnsignedInt(bytes.get());
        children = Byte.toUnsignedInt(bytes.get()) - first + 1;
      }
      if (done == name.length()) {
        return (node & HAS_VALUES) == 0 ? null : value(node, bytes, children);
      }
      int child = name.charAt(done++) - first;
      if (child < 0 || child >= children) {
        return null;
      }
      node = bytes.getInt(bytes.position() + child * Integer.BYTES);
    }
    return null;
  }

  /** The text of the first of a node's values, behind its children. */
  private @Nullable String value(int node, ByteBuffer bytes, int children) throws IOException {
    int offset = bytes.position() + children * Integer.BYTES;
    ByteBuffer values = read((node & OFFSET_MASK) + offset, MAX_TEXT_BYTES);
    if (values.getInt() == 0) {
      return null;
    }
    values.getInt(); // its priority
    return text(values);
  }

  private static String text(ByteBuffer bytes) {
    int start = bytes.position();
    while (bytes.get() != 0) {
      // up to the NUL
    }
    byte[] text = new byte[bytes.position() - 1 - start];
    bytes.get(start, text);
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  private ByteBuffer read(long position, int atMost) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(atMost);
    channel.read(buffer, position);
    return buffer.flip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
