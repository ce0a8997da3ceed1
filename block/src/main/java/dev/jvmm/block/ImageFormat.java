package dev.jvmm.block;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Image formats by the marks that their headers begin with.
 *
 * <p>Thread: immutable.
 */
final class ImageFormat {

  /** All marks lie in the first sector. */
  static final int HEADER_BYTES = BlockLimits.SECTOR_BYTES;

  private record Mark(String format, int offset, String latin1) {

    boolean in(MemorySegment header) {
      MemorySegment mark = MemorySegment.ofArray(latin1.getBytes(StandardCharsets.ISO_8859_1));
      long end = offset + mark.byteSize();
      return MemorySegment.mismatch(header, offset, end, mark, 0, mark.byteSize()) < 0;
    }
  }

  // From the formats' specifications; VDI's is the number 0xBEDA107F, little-endian.
  private static final List<Mark> MARKS =
      List.of(
          new Mark("qcow2", 0, "QFI\u00FB\0\0\0\u0002"),
          new Mark("qcow2", 0, "QFI\u00FB\0\0\0\u0003"),
          new Mark("qcow", 0, "QFI\u00FB\0\0\0\u0001"),
          new Mark("qed", 0, "QED\0"),
          new Mark("vmdk", 0, "KDMV"),
          new Mark("vmdk", 0, "COWD"),
          new Mark("vmdk", 0, "# Disk DescriptorFile"),
          new Mark("vhdx", 0, "vhdxfile"),
          new Mark("vpc", 0, "conectix"),
          new Mark("vdi", 64, "\u007F\u0010\u00DA\u00BE"),
          new Mark("luks", 0, "LUKS\u00BA\u00BE"),
          new Mark("parallels", 0, "WithoutFreeSpace"),
          new Mark("parallels", 0, "WithouFreSpacExt"));

  private ImageFormat() {}

  /** The format that a header of {@value #HEADER_BYTES} bytes or more belongs to, or null. */
  static @Nullable String detect(MemorySegment header) {
    for (Mark mark : MARKS) {
      if (mark.in(header)) {
        return mark.format();
      }
    }
    return null;
  }
}
