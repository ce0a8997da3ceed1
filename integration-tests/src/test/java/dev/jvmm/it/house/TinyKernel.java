package dev.jvmm.it.house;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An ELF kernel of a few instructions, which any /dev/kvm runs: says a word on COM1, then ends or
 * waits.
 */
final class TinyKernel {

  private static final int COM1 = 0x3f8;
  private static final int ACPI_CONTROL = 0x604;
  private static final int POWER_OFF = 0x2000;
  private static final int HEADERS = 64 + 56;
  private static final long LOAD_GPA = 1 << 20;

  private TinyKernel() {}

  /** Writes the kernel that says the word and powers off. */
  static Path poweringOff(Path file, String word) throws IOException {
    ByteArrayOutputStream code = say(word);
    moveToDx(code, ACPI_CONTROL);
    code.writeBytes(new byte[] {0x66, (byte) 0xb8, 0, POWER_OFF >> 8, 0x66, (byte) 0xef}); // out
    return write(file, code);
  }

  /** Writes the kernel that says the word and halts. */
  static Path halting(Path file, String word) throws IOException {
    return write(file, say(word));
  }

  private static ByteArrayOutputStream say(String word) {
    ByteArrayOutputStream code = new ByteArrayOutputStream();
    moveToDx(code, COM1);
    for (byte letter : word.getBytes(StandardCharsets.US_ASCII)) {
      code.writeBytes(new byte[] {(byte) 0xb0, letter, (byte) 0xee}); // mov al, letter; out dx, al
    }
    return code;
  }

  private static void moveToDx(ByteArrayOutputStream code, int port) {
    code.writeBytes(new byte[] {0x66, (byte) 0xba, (byte) port, (byte) (port >> 8)});
  }

  private static Path write(Path file, ByteArrayOutputStream code) throws IOException {
    code.writeBytes(new byte[] {(byte) 0xf4, (byte) 0xeb, (byte) 0xfd}); // hlt, again and again
    ByteBuffer elf = ByteBuffer.allocate(HEADERS + code.size()).order(ByteOrder.LITTLE_ENDIAN);
    elf.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
    elf.position(16).putShort((short) 2).putShort((short) 62).putInt(1); // executable, x86-64
    elf.putLong(LOAD_GPA).putLong(64).putLong(0).putInt(0);
    elf.putShort((short) 64).putShort((short) 56).putShort((short) 1);
    elf.position(64).putInt(1).putInt(5).putLong(HEADERS).putLong(LOAD_GPA).putLong(LOAD_GPA);
    elf.putLong(code.size()).putLong(code.size()).putLong(1);
    return Files.write(file, elf.put(code.toByteArray()).array());
  }
}
