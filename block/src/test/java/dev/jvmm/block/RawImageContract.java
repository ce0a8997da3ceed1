package dev.jvmm.block;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.linux.Errno;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** A real file, by any cache mode and engine. */
abstract class RawImageContract extends StoringBackendContract {

  abstract RawImageConfig config(String file);

  @Override
  BlockBackend open() throws Exception {
    Path image = image(folder);
    try {
      return RawImage.open(config(image.toString()), host, loop);
    } catch (ConfigException e) {
      Assumptions.assumeFalse(
          e.toString().contains("O_DIRECT"), "the temporary folder has no O_DIRECT");
      throw e;
    }
  }

  static Path image(Path folder) throws Exception {
    Path image = folder.resolve("disk.img");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(SIZE);
    }
    return image;
  }

  @Test
  void fileThatWasCut_isAnInputOutputError() throws Exception {
    assertThat(driver.write(0, filled(SIZE, 1))).isZero();
    try (RandomAccessFile file = new RandomAccessFile(folder.resolve("disk.img").toFile(), "rw")) {
      file.setLength(4608);
    }

    assertThat(driver.read(8192, memory(4096))).isEqualTo(Errno.EIO);
    assertThat(driver.read(0, memory(8192))).isEqualTo(Errno.EIO);
    assertThat(driver.read(0, memory(4096))).isZero();
  }

  /** As a file does, and what was never written reads zero; behind it nothing has come back. */
  @Test
  void fileThatWasCut_growsWithAWrite() throws Exception {
    assertThat(driver.write(0, filled(SIZE, 1))).isZero();
    try (RandomAccessFile file = new RandomAccessFile(folder.resolve("disk.img").toFile(), "rw")) {
      file.setLength(4096);
    }

    assertThat(driver.write(8192, filled(4096, 5))).isZero();
    assertThat(driver.flush()).isZero();
    byte[] bytes = Files.readAllBytes(folder.resolve("disk.img"));
    assertThat(bytes).hasSize(12288);
    assertThat(Arrays.copyOfRange(bytes, 4096, 8192)).containsOnly((byte) 0);
    assertThat(Arrays.copyOfRange(bytes, 8192, 12288)).containsOnly((byte) 5);
    assertThat(driver.read(0, memory(12288))).isZero();
    assertThat(driver.read(12288, memory(4096))).isEqualTo(Errno.EIO);
  }

  @Test
  void written_isInTheFile() throws Exception {
    assertThat(driver.write(4096, filled(4096, 9))).isZero();
    disk.close();

    byte[] bytes = Files.readAllBytes(folder.resolve("disk.img"));
    assertThat(bytes).hasSize(SIZE);
    assertThat(Arrays.copyOfRange(bytes, 4096, 8192)).containsOnly((byte) 9);
    assertThat(bytes[8192]).isZero();
  }
}
