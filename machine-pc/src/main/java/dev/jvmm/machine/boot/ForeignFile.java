package dev.jvmm.machine.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Says of a file that is no kernel of ours what it looks like instead.
 *
 * <p>Thread: stateless.
 */
final class ForeignFile {

  private static final int ARM64_MAGIC = 0x38;
  private static final int RISCV_MAGIC = 0x38;

  private ForeignFile() {}

  /** A predicate and what to do: {@code is a script; give ...}. */
  static String describe(ByteBuffer head) {
    return what(head) + "; give a bzImage, an ELF kernel or a MultiBoot image for x86";
  }

  private static String what(ByteBuffer head) {
    if (startsWith(head, 0, 0x23, 0x21)) {
      return "is a script";
    }
    if (startsWith(head, ARM64_MAGIC, 'A', 'R', 'M', 0x64)) {
      return "is a kernel for arm64";
    }
    if (startsWith(head, RISCV_MAGIC, 'R', 'S', 'C', 0x05)) {
      return "is a kernel for RISC-V";
    }
    if (startsWith(head, 0, 0x1F, 0x8B)
        || startsWith(head, 0, 0xFD, '7', 'z', 'X', 'Z')
        || startsWith(head, 0, 0x28, 0xB5, 0x2F, 0xFD)) {
      return "is a compressed file, to be unpacked first";
    }
    if (startsWith(head, 0, '0', '7', '0', '7', '0')) {
      return "is a cpio archive, as an initrd is";
    }
    if (startsWith(head, 0, 'Q', 'F', 'I', 0xFB)) {
      return "is a qcow2 disk image";
    }
    if (startsWith(head, 0, 'M', 'Z')) {
      return "is an EFI or DOS program without Linux's boot header";
    }
    if (startsWith(head, 0x1FE, 0x55, 0xAA)) {
      return "is a boot sector without Linux's boot header, as a disk has it";
    }
    return "is no kernel that is known here";
  }

  private static boolean startsWith(ByteBuffer head, int offset, int... bytes) {
    if (head.limit() < offset + bytes.length) {
      return false;
    }
    for (int i = 0; i < bytes.length; i++) {
      if (Byte.toUnsignedInt(head.get(offset + i)) != bytes[i]) {
        return false;
      }
    }
    return true;
  }

  /** What an ELF file of another machine is for (the ELF registry of e_machine). */
  static String machineName(int machine) {
    return switch (machine) {
      case 8 -> "MIPS";
      case 20, 21 -> "PowerPC";
      case 22 -> "S/390";
      case 40 -> "arm";
      case 183 -> "arm64";
      case 243 -> "RISC-V";
      case 258 -> "LoongArch";
      default -> "machine " + machine;
    };
  }

  /** A buffer's first four bytes as ELF has them. */
  static boolean isElf(ByteBuffer head) {
    return head.limit() >= 4
        && head.duplicate().order(ByteOrder.BIG_ENDIAN).getInt(0) == 0x7F454C46;
  }
}
