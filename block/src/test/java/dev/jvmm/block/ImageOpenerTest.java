package dev.jvmm.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.linux.DiskFile;
import dev.jvmm.linux.Fd;
import dev.jvmm.linux.OpenFlags;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageOpenerTest {

  private final EventLoop loop = new EventLoop("test-io");
  private final List<String> warnings = new ArrayList<>();
  private final BlockHost host = new BlockHost(warnings::add);
  @TempDir Path folder;

  @AfterEach
  void close() {
    host.close();
    loop.close();
  }

  private RawImage open(RawImageConfig config) {
    return RawImage.open(config, host, loop);
  }

  private void assertRefused(RawImageConfig config, String why) {
    assertThatThrownBy(() -> open(config))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("drive file=" + config.file() + ": ")
        .hasMessageContaining(why);
  }

  private RawImageConfig image(byte[] contents) throws Exception {
    return RawImageConfig.of(Files.write(folder.resolve("disk.img"), contents).toString());
  }

  @Test
  void whatIsNoImage_isSaid() throws Exception {
    assertRefused(RawImageConfig.of(folder + "/none.img"), "no such file; make an empty disk");
    assertRefused(RawImageConfig.of(folder.toString()), "is a directory");
    assertRefused(RawImageConfig.of(folder.toString()).forReading(), "is a directory");
    assertRefused(RawImageConfig.of("/dev/null"), "is no regular file and no block device");
    assertRefused(image(new byte[0]), "is empty; give it a size");
    assertRefused(
        image(new byte[1000]), "its size of 1000 bytes is no multiple of 512; make it 1024");
    assertThatThrownBy(() -> RawImageConfig.of("")).hasMessageContaining("no file is named");
  }

  @Test
  void otherFormat_isWarnedOf_orRefusedIfNobodySaidRaw() throws Exception {
    byte[] header = new byte[512];
    System.arraycopy(new byte[] {'Q', 'F', 'I', (byte) 0xFB, 0, 0, 0, 3}, 0, header, 0, 8);
    RawImageConfig config = image(header);
    open(config).close();

    assertThat(warnings).singleElement().asString().contains("begins like a qcow2 image");
    assertRefused(config.asProbed(), "is a qcow2 image");
  }

  @Test
  void guessedFormat_isWarnedOf() throws Exception {
    open(image(new byte[512]).asProbed()).close();

    assertThat(warnings)
        .singleElement()
        .asString()
        .contains("raw is a guess")
        .contains("format=raw");
  }

  @Test
  void writer_keepsOthersOut() throws Exception {
    RawImageConfig config = image(new byte[512]);
    try (RawImage writer = open(config)) {
      assertThat(writer.capacityBytes()).isEqualTo(512);
      assertRefused(config, "another virtual machine or tool is using it");
      assertRefused(config.forReading(), "another virtual machine or tool is using it");
      assertRefused(config.withSharing(RawImageConfig.Sharing.SHARE_RW), "is using it");
      open(config.withSharing(RawImageConfig.Sharing.UNLOCKED)).close();
    }
    open(config).close();
  }

  @Test
  void readers_shareAndKeepWritersOut() throws Exception {
    RawImageConfig config = image(new byte[512]);
    try (RawImage one = open(config.forReading());
        RawImage two = open(config.forReading())) {
      assertThat(one.readOnly() && two.readOnly()).isTrue();
      assertRefused(config, "is using it");
    }
  }

  @Test
  void shareRw_letsWritersTogether() throws Exception {
    RawImageConfig config = image(new byte[512]).withSharing(RawImageConfig.Sharing.SHARE_RW);
    try (RawImage one = open(config);
        RawImage two = open(config)) {
      assertThat(one.readOnly() || two.readOnly()).isFalse();
    }
  }

  /** Byte 100 + N: has permission N; 200 + N: denies it; 0 is reading, 1 writing. */
  @Test
  void locks_lieWhereOthersLook() throws Exception {
    RawImageConfig config = image(new byte[512]);
    try (RawImage writer = open(config);
        DiskFile other = new DiskFile(Fd.open(config.file(), OpenFlags.RDWR, 0))) {
      assertThat(writer.readOnly()).isFalse();
      List<Long> held = new ArrayList<>();
      for (long at = 90; at < 220; at++) {
        if (other.tryLockedByOther(at) == 1) {
          held.add(at);
        }
      }
      assertThat(held).containsExactly(100L, 101L, 201L);
    }
  }

  @Test
  void options_nameTheirChoices() {
    assertThat(CacheMode.named("none")).isEqualTo(CacheMode.NONE);
    assertThat(AioMode.named("io_uring")).isEqualTo(AioMode.IO_URING);
    assertThat(DetectZeroes.named("unmap")).isEqualTo(DetectZeroes.UNMAP);
    assertThatThrownBy(() -> CacheMode.named("writebak"))
        .hasMessage(
            "drive cache=writebak: not one of none, writeback, writethrough, directsync, unsafe;"
                + " did you mean writeback?");
  }

  @Test
  void missingRing_isWarnedOfOnce() {
    host.warnOfMissingRing("the host does not allow it (io_uring_setup: EPERM)");
    host.warnOfMissingRing("the host does not allow it (io_uring_setup: EPERM)");

    assertThat(warnings)
        .containsExactly(
            "drive aio=io_uring: the host does not allow it (io_uring_setup: EPERM); using"
                + " aio=threads");
  }
}
