package dev.jvmm.machine.boot;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The header by which a kernel says that it is one for MultiBoot 0.6.96 (its section 3.1).
 *
 * <p>Thread: immutable.
 *
 * @param offset where in the file it was found
 * @param flags what the kernel asks for
 * @param headerAddress where the header itself is to lie, valid with {@link #HAS_ADDRESSES}
 * @param loadAddress where the file's part begins
 * @param loadEnd where it ends; 0 for the end of the file
 * @param bssEnd where the zeros behind it end; 0 for none
 * @param entry the first instruction
 */
record MultibootHeader(
    int offset,
    int flags,
    long headerAddress,
    long loadAddress,
    long loadEnd,
    long bssEnd,
    long entry) {

  /** The header lies wholly in this much of the file. */
  static final int SEARCH_BYTES = 8192;

  /** The addresses of the header count, whatever the file's form is. */
  static final int HAS_ADDRESSES = 1 << 16;

  private static final int PAGE_ALIGN = 1; // of modules
  private static final int MEMORY_INFO = 1 << 1;
  private static final int VIDEO_MODE = 1 << 2; // we have none, and say nothing of it
  private static final int MUST_UNDERSTAND = 0xFFFF;

  private static final int MAGIC = 0x1BADB002;
  private static final int SHORT_BYTES = 12;
  private static final int ADDRESSES_BYTES = 32;

  static @Nullable MultibootHeader find(ByteBuffer head) {
    for (int at = 0; at <= head.limit() - SHORT_BYTES; at += 4) {
      if (head.getInt(at) == MAGIC
          && head.getInt(at) + head.getInt(at + 4) + head.getInt(at + 8) == 0) {
        return at(head, at);
      }
    }
    return null;
  }

  private static @Nullable MultibootHeader at(ByteBuffer head, int at) {
    int flags = head.getInt(at + 4);
    if ((flags & HAS_ADDRESSES) == 0) {
      return new MultibootHeader(at, flags, 0, 0, 0, 0, 0);
    }
    if (at > head.limit() - ADDRESSES_BYTES) {
      return null;
    }
    return new MultibootHeader(
        at,
        flags,
        u32(head, at + 12),
        u32(head, at + 16),
        u32(head, at + 20),
        u32(head, at + 24),
        u32(head, at + 28));
  }

  boolean hasAddresses() {
    return (flags & HAS_ADDRESSES) != 0;
  }

  /** What it insists on and we do not know. */
  int unknownDemands() {
    return flags & MUST_UNDERSTAND & ~(PAGE_ALIGN | MEMORY_INFO | VIDEO_MODE);
  }

  /** The one part that the address fields speak of. */
  LoadSegments segments(SourceFile file) {
    long fileOffset = offset - (headerAddress - loadAddress);
    long available = file.sizeBytes() - fileOffset;
    long fileBytes = loadEnd == 0 ? available : loadEnd - loadAddress;
    if (headerAddress < loadAddress || fileOffset < 0 || fileBytes <= 0) {
      throw file.bad("has broken addresses in its MultiBoot header; give another file");
    }
    long memoryBytes = bssEnd == 0 ? fileBytes : Math.max(fileBytes, bssEnd - loadAddress);
    return LoadSegments.of(
        file,
        List.of(
            new LoadSegments.Segment(
                fileOffset, loadAddress, loadAddress, fileBytes, memoryBytes)));
  }

  private static long u32(ByteBuffer buffer, int offset) {
    return Integer.toUnsignedLong(buffer.getInt(offset));
  }
}
