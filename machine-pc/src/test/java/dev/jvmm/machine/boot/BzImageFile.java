package dev.jvmm.machine.boot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Builds a bzImage byte by byte from the text of the boot protocol. */
final class BzImageFile {

  static final int SETUP_SECTORS = 3;
  static final int SETUP_BYTES = (SETUP_SECTORS + 1) * 512;

  private final ByteBuffer file;
  private final int kernelBytes;

  /** A kernel of 64 KiB whose protected-mode part counts its double words. */
  BzImageFile(int version) {
    this(version, SETUP_SECTORS, 64 << 10);
  }

  BzImageFile(int version, int setupSectors, int kernelBytes) {
    this.kernelBytes = kernelBytes;
    int setupBytes = ((setupSectors == 0 ? 4 : setupSectors) + 1) * 512;
    file = ByteBuffer.allocate(setupBytes + kernelBytes).order(ByteOrder.LITTLE_ENDIAN);
    file.put(0x1F1, (byte) setupSectors);
    file.putShort(0x1FE, (short) 0xAA55);
    file.putShort(0x200, (short) (0x00EB | ((headerEnd(version) - 0x202) << 8)));
    file.putInt(0x202, 0x53726448);
    file.putShort(0x206, (short) version);
    file.put(0x211, (byte) 1); // loaded high
    file.putInt(0x214, 0x100000);
    for (int i = 0; i < kernelBytes; i += 4) {
      file.putInt(setupBytes + i, i);
    }
    if (version >= 0x203) {
      file.putInt(0x22C, 0x7FFF_FFFF);
    }
    if (version >= 0x204) {
      file.putInt(0x1F4, kernelBytes / 16);
    }
    if (version >= 0x206) {
      file.putInt(0x238, 2047);
    }
  }

  private static int headerEnd(int version) {
    return version < 0x202 ? 0x228 : version < 0x205 ? 0x230 : version < 0x20A ? 0x258 : 0x268;
  }

  BzImageFile u8(int offset, int value) {
    file.put(offset, (byte) value);
    return this;
  }

  BzImageFile u16(int offset, int value) {
    file.putShort(offset, (short) value);
    return this;
  }

  BzImageFile u32(int offset, long value) {
    file.putInt(offset, (int) value);
    return this;
  }

  BzImageFile u64(int offset, long value) {
    file.putLong(offset, value);
    return this;
  }

  BzImageFile relocatable(long alignment) {
    return u8(0x234, 1).u32(0x230, alignment);
  }

  BzImageFile preferred(long address, long initSize) {
    return u64(0x258, address).u32(0x260, initSize);
  }

  BzImageFile text(int offset, String text) {
    file.put(offset, text.getBytes(StandardCharsets.US_ASCII));
    return this;
  }

  byte[] bytes() {
    return file.array().clone();
  }

  byte[] kernel() {
    byte[] kernel = new byte[kernelBytes];
    file.get(file.capacity() - kernelBytes, kernel);
    return kernel;
  }

  Path write(Path folder) throws IOException {
    return Files.write(folder.resolve("vmlinuz"), file.array());
  }
}
