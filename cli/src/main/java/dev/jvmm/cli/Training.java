package dev.jvmm.cli;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.core.vm.VirtualMachine;
import dev.jvmm.machine.Machine;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A short life of jvmm that the JVM watches, to remember its classes for later starts: a PC with a
 * tiny guest and a disk from its making to its end, and the default guest of a microvm as far as
 * its making. Where there is no /dev/kvm it gets as far as opening that, and the cache is a little
 * worse.
 *
 * <p>Every class in the cache costs each later start some 15 us, needed or not. So what few starts
 * need is not done here: options as JSON, and random names of files, which need the JDK's security
 * providers.
 */
public final class Training {

  private static final int GUEST_GPA = 0x10_0000;
  private static final int ELF_HEADER_BYTES = 64;
  private static final int PROGRAM_HEADER_BYTES = 56;
  private static final int DISK_BYTES = 1 << 16;
  private static final int CODE_OFFSET = ELF_HEADER_BYTES + PROGRAM_HEADER_BYTES;

  /** Writes a letter to COM1, reads it back out of nothing, and ends by the debug exit port. */
  private static final byte[] GUEST_CODE = {
    (byte) 0xBA,
    (byte) 0xF8,
    0x03,
    0,
    0, // mov $0x3f8, %edx
    (byte) 0xB0,
    0x2E, // mov $'.', %al
    (byte) 0xEE, // out %al, (%dx)
    (byte) 0xEC, // in (%dx), %al
    (byte) 0xBA,
    0x01,
    0x05,
    0,
    0, // mov $0x501, %edx
    0x31,
    (byte) 0xC0, // xor %eax, %eax
    (byte) 0xEE, // out %al, (%dx)
    (byte) 0xEB,
    (byte) 0xFE, // jmp .
  };

  private Training() {}

  /** Runs and ends the process with status 0, come what may: a worse cache is no failure. */
  @SuppressWarnings("SystemExitOutsideMain")
  public static void main(String... arguments) {
    try (PrintStream silence =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
      tinyGuest(silence, Objects.requireNonNullElse(System.getenv("JVMM_TRAIN"), "jvmm.aot"));
      defaultGuest();
      // What the JDK's maps ask for when two threads meet in them: in a start, now and then.
      Objects.requireNonNull(ThreadLocalRandom.current());
    } catch (IOException | ConfigException e) {
      System.err.println("jvmm: training: " + e.getMessage());
    }
    System.exit(0);
  }

  private static void tinyGuest(PrintStream silence, String cache) throws IOException {
    Path kernel = Path.of(cache + ".elf");
    Path disk = Path.of(cache + ".img");
    try {
      Files.write(kernel, guest());
      Files.write(disk, new byte[DISK_BYTES]);
      String[] line = {
        "-name",
        "training",
        "-machine",
        "pc",
        "-accel",
        "kvm",
        "-cpu",
        "host",
        "-smp",
        "1",
        "-m",
        "64M",
        "-kernel",
        kernel.toString(),
        "-append",
        "console=ttyS0",
        "-serial",
        "stdio",
        "-device",
        "isa-debug-exit,iobase=0x501,iosize=2",
        "-drive",
        "file=" + (cache + ".img").replace(",", ",,") + ",format=raw,aio=io_uring",
        "-rtc",
        "base=utc",
        "-display",
        "none",
        "-no-reboot"
      };
      int status = Main.run(silence, line);
      System.err.println("jvmm: training: status " + status);
    } finally {
      Files.deleteIfExists(kernel);
      Files.deleteIfExists(disk);
    }
  }

  private static void defaultGuest() {
    try (VirtualMachine machine =
        Machine.microvm()
            .serial("null")
            .blockdev("driver=null-co,node-name=d")
            .device("virtio-blk-device,drive=d")
            .build()) {
      System.err.println("jvmm: training: " + machine.state());
    }
  }

  /** An ELF64 file of one segment (System V ABI, chapters 4 and 5), entered in 64-bit mode. */
  private static byte[] guest() {
    int size = CODE_OFFSET + GUEST_CODE.length;
    return ByteBuffer.allocate(size)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(new byte[] {0x7F, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0})
        .putShort((short) 2) // ET_EXEC
        .putShort((short) 62) // EM_X86_64
        .putInt(1)
        .putLong(GUEST_GPA + CODE_OFFSET) // e_entry
        .putLong(ELF_HEADER_BYTES) // e_phoff
        .putLong(0) // e_shoff
        .putInt(0)
        .putShort((short) ELF_HEADER_BYTES)
        .putShort((short) PROGRAM_HEADER_BYTES)
        .putShort((short) 1) // e_phnum
        .putShort((short) 0)
        .putShort((short) 0)
        .putShort((short) 0)
        .putInt(1) // PT_LOAD
        .putInt(5) // readable, executable
        .putLong(0) // p_offset
        .putLong(GUEST_GPA) // p_vaddr
        .putLong(GUEST_GPA) // p_paddr
        .putLong(size) // p_filesz
        .putLong(size) // p_memsz
        .putLong(4096) // p_align
        .put(GUEST_CODE)
        .array();
  }
}
