package dev.jvmm.machine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/** A MultiBoot kernel of a few hand-assembled 32-bit instructions, at 1 MiB. */
final class TinyKernel {

  private static final int LOAD = 0x10_0000;
  private static final int MAGIC = 0x1BAD_B002;
  private static final int FLAGS = 1 << 16; // the address fields are valid
  private static final int HEADER_BYTES = 32;

  private TinyKernel() {}

  /** Writes the file; white space in the hexadecimal text and {@code //} comments do not count. */
  static Path write(Path folder, String hex) throws IOException {
    byte[] code = HexFormat.of().parseHex(hex.replaceAll("//[^\n]*\n|\\s", ""));
    ByteBuffer image =
        ByteBuffer.allocate(HEADER_BYTES + code.length).order(ByteOrder.LITTLE_ENDIAN);
    image.putInt(MAGIC).putInt(FLAGS).putInt(-(MAGIC + FLAGS));
    image.putInt(LOAD); // header_addr
    image.putInt(LOAD); // load_addr
    image.putInt(LOAD + image.capacity()); // load_end_addr
    image.putInt(LOAD + image.capacity()); // bss_end_addr
    image.putInt(LOAD + HEADER_BYTES); // entry_addr
    image.put(code);
    return Files.write(
        folder.resolve("tiny-" + Integer.toHexString(hex.hashCode())), image.array());
  }
}
