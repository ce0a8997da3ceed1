package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.vm.ExitStatus;
import dev.jvmm.it.guest.Guest;
import dev.jvmm.it.guest.SerialLine;
import dev.jvmm.machine.Machine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A MultiBoot kernel of a few bytes, in the form that kvm-unit-tests' images have. */
@Tag("linux")
@FirstLevel(seconds = 3)
class MultibootLinuxTest {

  private static final int LOAD_GPA = 0x10_0000;
  private static final int HEADER_MAGIC = 0x1BADB002;
  private static final int FLAG_ADDRESSES = 1 << 16;
  private static final int HEADER_BYTES = 32;

  /**
   * Says its command line to port 0xE9, then ends with the low byte of what it found in EAX, which
   * the loader sets to 0x2BADB002.
   */
  private static final byte[] CODE = {
    (byte) 0x89,
    (byte) 0xC1, // mov ecx, eax
    (byte) 0x8B,
    0x73,
    0x10, // mov esi, [ebx + 16]: the command line
    (byte) 0xAC, // next: lodsb
    (byte) 0x84,
    (byte) 0xC0, // test al, al
    0x74,
    0x04, // jz done
    (byte) 0xE6,
    (byte) 0xE9, // out 0xE9, al
    (byte) 0xEB,
    (byte) 0xF7, // jmp next
    (byte) 0x88,
    (byte) 0xC8, // done: mov al, cl
    (byte) 0xE6,
    (byte) 0xF4, // out 0xF4, al
    (byte) 0xF4, // hlt
    (byte) 0xEB,
    (byte) 0xFD, // jmp to hlt
  };

  @Test
  void flatImage_runs(@TempDir Path folder) throws IOException {
    Path image = folder.resolve("tiny.flat");
    Files.write(image, image());
    try (SerialLine debug = new SerialLine();
        Guest guest =
            Guest.start(
                Machine.pc()
                    .kernel(image)
                    .append("one two")
                    .debugcon(debug.option())
                    .device("isa-debug-exit,iobase=0xf4,iosize=4"))) {
      assertThat(guest.awaitEnd())
          .isEqualTo(ExitStatus.of(ExitStatus.Reason.DEBUG_EXIT, (0x02 << 1) | 1));
      assertThat(debug.expect("one two", Duration.ofSeconds(10))).isEqualTo(image + " ");
    }
  }

  private static byte[] image() {
    ByteBuffer image =
        ByteBuffer.allocate(HEADER_BYTES + CODE.length).order(ByteOrder.LITTLE_ENDIAN);
    image.putInt(HEADER_MAGIC).putInt(FLAG_ADDRESSES).putInt(-(HEADER_MAGIC + FLAG_ADDRESSES));
    image.putInt(LOAD_GPA); // of the header
    image.putInt(LOAD_GPA); // of the first byte
    image.putInt(0).putInt(0); // all of the file, and nothing behind it
    image.putInt(LOAD_GPA + HEADER_BYTES); // where it starts
    return image.put(CODE).array();
  }
}
