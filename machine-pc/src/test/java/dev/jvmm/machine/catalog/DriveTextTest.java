package dev.jvmm.machine.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.block.AioMode;
import dev.jvmm.block.CacheMode;
import dev.jvmm.block.DetectZeroes;
import dev.jvmm.block.ErrorPolicy;
import dev.jvmm.block.ErrorPolicy.OnError;
import dev.jvmm.block.RawImageConfig;
import dev.jvmm.block.RawImageConfig.Sharing;
import dev.jvmm.block.ThrottleConfig;
import dev.jvmm.block.ThrottleConfig.Limit;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.core.vm.Spelling;
import dev.jvmm.machine.disk.DiskConfig;
import dev.jvmm.machine.disk.DiskSource;
import dev.jvmm.machine.disk.DriveConfig;
import dev.jvmm.machine.disk.DriveConfig.Attachment;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DriveTextTest {

  @Test
  void parse_fileAlone_isAGuessedFormatOnVirtio() {
    DriveConfig drive = DriveText.parse("file=a.img");
    RawImageConfig image = RawImageConfig.of("a.img").asProbed();
    assertThat(drive)
        .isEqualTo(
            new DriveConfig(
                null,
                Attachment.VIRTIO,
                null,
                DiskConfig.of(new DiskSource.Image(image), new Spelling("drive", "file=a.img"))));
  }

  @Test
  void parse_everyProperty() {
    DriveConfig drive =
        DriveText.parse(
            "file=a,,b.img,if=none,format=raw,readonly=on,cache=none,aio=io_uring,discard=unmap,"
                + "detect-zeroes=unmap,serial=S1,id=d,media=disk,index=3,snapshot=off,rerror=stop,"
                + "werror=ignore,file.locking=off,copy-on-read=off,auto-read-only=on,node-name=n");
    assertThat(drive.id()).isEqualTo("d");
    assertThat(drive.attachment()).isEqualTo(Attachment.NONE);
    assertThat(drive.index()).isEqualTo(3);
    assertThat(drive.disk().serial()).isEqualTo("S1");
    assertThat(drive.disk().errors()).isEqualTo(new ErrorPolicy(OnError.STOP, OnError.IGNORE));
    assertThat(drive.disk().limits()).isNull();
    assertThat(drive.disk().source())
        .isEqualTo(
            new DiskSource.Image(
                new RawImageConfig(
                    "a,b.img",
                    true,
                    CacheMode.NONE,
                    AioMode.IO_URING,
                    true,
                    DetectZeroes.UNMAP,
                    Sharing.UNLOCKED,
                    false)));
  }

  @ParameterizedTest
  @CsvSource({
    "cache=none,NONE",
    "cache=writeback,WRITEBACK",
    "cache=writethrough,WRITETHROUGH",
    "cache=directsync,DIRECTSYNC",
    "cache=unsafe,UNSAFE",
    "cache.direct=on,NONE",
    "cache.no-flush=on,UNSAFE",
    "'cache.direct=on,cache.writeback=off',DIRECTSYNC",
    "'cache=none,cache.direct=off',WRITEBACK",
  })
  void parse_cache_isOneOfTheModes(String text, CacheMode mode) {
    DiskSource source = DriveText.parse("file=a,format=raw," + text).disk().source();
    assertThat(((DiskSource.Image) source).config().cache()).isEqualTo(mode);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bps=1M,bps_max=2M,bps_max_length=60,iops_rd=10,iops_wr=20,iops_wr_max=40,iops_size=4096",
        "throttling.bps-total=1048576,throttling.bps-total-max=2097152,"
            + "throttling.bps-total-max-length=60,throttling.iops-read=10,throttling.iops-write=20,"
            + "throttling.iops-write-max=40,throttling.iops-size=4k",
      })
  void parse_limits_bothSpellings(String text) {
    assertThat(limits("file=a," + text))
        .isEqualTo(
            new ThrottleConfig(
                new Limit(1 << 20, 2 << 20, 60),
                Limit.NONE,
                Limit.NONE,
                Limit.NONE,
                Limit.of(10),
                new Limit(20, 40, 1),
                4096));
  }

  @ParameterizedTest
  @CsvSource({
    "'driver=null-co,size=2M,read-zeroes=on',2097152,true",
    "'file=null-co://,format=raw',1073741824,false",
  })
  void parse_nothing_isADiskOfNothing(String text, long size, boolean zeroes) {
    assertThat(DriveText.parse(text).disk().source()).isEqualTo(new DiskSource.Null(size, zeroes));
  }

  @Test
  void parseShort_isTheDriveOfThatIndex() {
    DriveConfig drive = DriveText.parseShort("hdc", 2, "a,b");
    assertThat(drive.index()).isEqualTo(2);
    assertThat(drive.disk().source())
        .isEqualTo(new DiskSource.Image(RawImageConfig.of("a,b").asProbed()));
    assertThat(drive.disk().asked()).hasToString("-hdc a,b");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "fil=a | no property fil; did you mean file?",
        "if=virtio | file is missing, add file=...",
        "file=a,if=ide | there is no ide here; say if=virtio, or if=none with -device",
        "file=a,if=virtoi | if is one of virtio, none, not virtoi; did you mean virtio?",
        "file=a,format=qcow2 | format is raw, not qcow2; convert the image by qemu-img convert",
        "file=a,snapshot=on | snapshot=on can't be had; copy the image, or start from the copy",
        "file=a,cache=nome | cache is one of none, writeback, writethrough, directsync, unsafe, not"
            + " nome; did you mean none?",
        "file=a,cache=unsafe,cache.direct=on | cache.no-flush=on goes without cache.direct=on only",
        "file=a,aio=uring | aio is one of threads, io_uring, native, not uring",
        "file=a,readonly=7 | readonly is on or off, not 7",
        "file=a,index=x | index=x is no number",
        "file=a,media=cdrom | there is no CD drive; say media=disk,readonly=on",
        "file=a,rerror=enospc | rerror is one of report, ignore, stop, auto, not enospc",
        "file=a,bps=1,bps_rd=1 | throttling: bps can't stand with bps_rd or bps_wr; give the total"
            + " or the parts",
        "file=a,iops_max=5 | throttling: a burst limit needs the limit without _max too",
        "file=a,iops=-1 | iops=-1: that is no size, write 512M or 4G",
        "file=a,serial=123456789012345678901 | serial has at most 20 characters",
        "file=a,detect-zeroes=unmap | detect-zeroes=unmap needs discard=unmap",
        "file=a,size=1G | size and read-zeroes are of driver=null-co alone",
        "driver=null-co,size=100 | size is a multiple of 512, not 100",
      })
  void parse_wrong_saysWhatAndWhatElse(String text, String sentence) {
    assertThatThrownBy(() -> DriveText.parse(text))
        .isInstanceOf(ConfigException.class)
        .hasMessage("drive " + text + ": " + sentence);
  }

  private static ThrottleConfig limits(String text) {
    return Objects.requireNonNull(DriveText.parse(text).disk().limits()).config();
  }
}
