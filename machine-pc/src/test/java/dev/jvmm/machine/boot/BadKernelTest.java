package dev.jvmm.machine.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.jvmm.core.vm.ConfigException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user gets wrong with {@code -kernel}: one sentence each. */
class BadKernelTest {

  private static final String WANTED =
      "; give a bzImage, an ELF kernel or a MultiBoot image for x86";
  private static final byte[] CODE = {1, 2, 3};

  @TempDir Path folder;

  private AbstractThrowableAssert<?, ?> opening(byte[] content) throws IOException {
    Path path = Files.write(folder.resolve("k"), content);
    return assertThatThrownBy(() -> BootImage.open(path)).isInstanceOf(ConfigException.class);
  }

  private String saying(String what) {
    return "kernel " + folder.resolve("k") + ": " + what;
  }

  private static byte[] file(String start) {
    return Arrays.copyOf(start.getBytes(StandardCharsets.ISO_8859_1), 2000);
  }

  @Test
  void missing() {
    assertThatThrownBy(() -> BootImage.open(folder.resolve("k")))
        .isInstanceOf(ConfigException.class)
        .hasMessage(saying("no such file; check the name"));
  }

  @Test
  void directory() {
    assertThatThrownBy(() -> BootImage.open(folder))
        .isInstanceOf(ConfigException.class)
        .hasMessage("kernel " + folder + ": is a directory; name a file");
  }

  @Test
  void device() {
    assertThatThrownBy(() -> BootImage.open(Path.of("/dev/null")))
        .isInstanceOf(ConfigException.class)
        .hasMessage("kernel /dev/null: is not a regular file; name a file");
  }

  @Test
  void unreadable() throws IOException {
    Path path = Files.write(folder.resolve("k"), new byte[10]);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("---------"));
    assumeThat(Files.isReadable(path)).as("root reads everything").isFalse();

    assertThatThrownBy(() -> BootImage.open(path))
        .isInstanceOf(ConfigException.class)
        .hasMessage(saying("permission denied; make it readable for this user"));
  }

  @Test
  void empty() throws IOException {
    opening(new byte[0]).hasMessage(saying("is empty; give another file"));
  }

  @Test
  void foreign() throws IOException {
    opening(file("#!/bin/sh\n")).hasMessage(saying("is a script" + WANTED));
    opening(file("MZ")).hasMessageContaining("is an EFI or DOS program");
    opening(file("\u001f\u008b\u0008")).hasMessageContaining("is a compressed file");
    opening(file("070701")).hasMessageContaining("is a cpio archive");
    opening(file("QFI\u00fb")).hasMessageContaining("is a qcow2 disk image");
    opening(file("hello")).hasMessage(saying("is no kernel that is known here" + WANTED));
    opening(new byte[] {1}).hasMessageContaining("is no kernel that is known here");
    opening(file("MZ" + "\0".repeat(54) + "ARMd")).hasMessageContaining("is a kernel for arm64");
    opening(file("\0".repeat(510) + "U\u00aa")).hasMessageContaining("is a boot sector");
  }

  @Test
  void elfOfAnotherKind() throws IOException {
    opening(new ElfBuilder(true).machine(183).load(1 << 20, CODE, 3).bytes())
        .hasMessage(saying("is an ELF file for arm64; give one for x86"));
    opening(new ElfBuilder(true).bytes()).hasMessageContaining("has nothing to load");
    opening(
            new ElfBuilder(true)
                .load(1 << 20, CODE, 3)
                .part(new ElfBuilder.Part(ElfBuilder.PT_INTERP, 0, 0, CODE, 3))
                .bytes())
        .hasMessageContaining("is a program for an operating system");
    opening(new ElfBuilder(true).load(1 << 20, CODE, 3).entry(7).bytes())
        .hasMessage(saying("has its entry at 0x7, where it loads nothing; link it anew"));
  }

  @Test
  void truncatedBzImage() throws IOException {
    byte[] whole = new BzImageFile(0x20F).bytes();

    opening(Arrays.copyOf(whole, whole.length - 1))
        .hasMessage(
            saying(
                "is truncated, %d bytes where its header speaks of %d; copy it again"
                    .formatted(whole.length - 1, whole.length)));
    opening(Arrays.copyOf(whole, BzImageFile.SETUP_BYTES)).hasMessageContaining("is truncated");
    opening(Arrays.copyOf(whole, 0x210)).hasMessageContaining("is truncated");
  }

  @Test
  void truncatedElf() throws IOException {
    byte[] whole = new ElfBuilder(true).load(1 << 20, CODE, 3).entry(1 << 20).bytes();

    opening(Arrays.copyOf(whole, whole.length - 1)).hasMessageContaining("is truncated");
    opening(Arrays.copyOf(whole, 100)).hasMessageContaining("is truncated");
    opening(Arrays.copyOf(whole, 20)).hasMessageContaining("is truncated");
    opening(Arrays.copyOf(whole, 5)).hasMessageContaining("is truncated");
  }

  @Test
  void zImage() throws IOException {
    opening(new BzImageFile(0x204).u8(0x211, 0).bytes())
        .hasMessage(saying("is a zImage, which is not supported; build a bzImage"));
  }

  @Test
  void brokenBzImage() throws IOException {
    opening(new BzImageFile(0x20F).relocatable(0x30000).bytes())
        .hasMessageContaining("an alignment of 0x30000");
    opening(new BzImageFile(0x203).u32(0x214, 0x9000).bytes())
        .hasMessageContaining("an entry at 0x9000");
  }

  @Test
  void initrdThatIsMissing() throws IOException {
    Path kernel = new BzImageFile(0x20F).write(folder);
    try (BootImage image = BootImage.open(kernel)) {
      assertThatThrownBy(() -> image.modules(folder.resolve("i").toString()))
          .isInstanceOf(ConfigException.class)
          .hasMessage("initrd " + folder.resolve("i") + ": no such file; check the name");
    }
  }

  @Test
  void mutatedKernels_areLoadedOrASentence() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[][] wholes = {
      new BzImageFile(0x20F).relocatable(1 << 21).u16(0x236, 1).preferred(1 << 22, 1 << 20).bytes(),
      new BzImageFile(0x201).bytes(),
      new ElfBuilder(true).load(1 << 20, CODE, 99).pvhNote(1 << 20).entry(1 << 20).bytes(),
      new ElfBuilder(false).load(1 << 20, CODE, 99).entry(1 << 20).bytes(),
      ElfBuilder.multiboot(1 << 16).bytes(),
    };
    GuestRam ram = new GuestRam(8);
    int loaded = 0;
    for (int round = 0; round < 600; round++) {
      byte[] mutated = mutated(wholes[round % wholes.length], random);
      Path path = Files.write(folder.resolve("k"), mutated);
      try (BootImage image = BootImage.open(path)) {
        image.load(ram.memory(), ram.request("quiet"));
        loaded++;
      } catch (ConfigException e) {
        assertThat(e).hasMessageMatching("(?s)(kernel \\Q" + path + "\\E: |append ).*");
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", round " + round, e);
      }
    }
    assertThat(loaded).as("of seed " + seed).isBetween(20, 580);
  }

  private static byte[] mutated(byte[] whole, Random random) {
    int length = random.nextInt(8) == 0 ? random.nextInt(whole.length) + 1 : whole.length;
    byte[] mutated = Arrays.copyOf(whole, length);
    ByteBuffer buffer = ByteBuffer.wrap(mutated);
    int count = random.nextInt(4);
    for (int i = 0; i < count && length > 0x270; i++) {
      int offset = random.nextBoolean() ? random.nextInt(0x80) : 0x1F0 + random.nextInt(0x78);
      buffer.putLong(offset, random.nextBoolean() ? -1L : random.nextLong());
    }
    return mutated;
  }
}
