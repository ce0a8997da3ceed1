package dev.jvmm.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.block.CacheMode;
import dev.jvmm.block.DetectZeroes;
import dev.jvmm.block.RawImageConfig;
import dev.jvmm.block.RawImageConfig.Sharing;
import dev.jvmm.block.ThrottleConfig;
import dev.jvmm.block.ThrottleConfig.Limit;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.machine.disk.DiskConfig;
import dev.jvmm.machine.disk.DiskLimits;
import dev.jvmm.machine.disk.DiskSource;
import dev.jvmm.machine.disk.DriveConfig;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StorageTest {

  private static MachineBuilder pc() {
    return Machine.pc().noDefaults();
  }

  private static RawImageConfig image(MachineConfig config, String id) {
    DiskConfig disk = Objects.requireNonNull(config.storage().disks().get(id));
    return ((DiskSource.Image) disk.source()).config();
  }

  @Test
  void drive_onVirtio_bringsItsDevice() {
    MachineConfig config = pc().drive("file=a,format=raw").config();
    assertThat(config.devices())
        .containsExactly(new DeviceConfig("virtio-blk-pci", Map.of("drive", "virtio0")));
    assertThat(image(config, "virtio0")).isEqualTo(RawImageConfig.of("a"));
  }

  @Test
  void drive_onMicrovm_bringsAnMmioDevice() {
    MachineConfig config =
        Machine.microvm().noDefaults().drive(DriveConfig.of(RawImageConfig.of("a"))).config();
    assertThat(config.devices())
        .containsExactly(new DeviceConfig("virtio-blk-device", Map.of("drive", "virtio0")));
  }

  @Test
  void drives_haveTheOrderOfTheirIndices_behindTheDevicesAskedFor() {
    MachineConfig config =
        pc().hardDisk("hdb", 1, "b")
            .drive("file=c,format=raw")
            .drive("file=d,format=raw,id=x,if=none")
            .drive("file=e,format=raw,id=last")
            .device("virtio-blk-pci,drive=x")
            .config();
    assertThat(config.devices())
        .extracting(device -> device.properties().get("drive"))
        .containsExactly("x", "virtio0", "virtio1", "last");
    assertThat(image(config, "virtio0").file()).isEqualTo("c");
    assertThat(image(config, "virtio1").file()).isEqualTo("b");
  }

  @Test
  void global_reachesTheDeviceOfADrive() {
    MachineConfig config =
        pc().global("virtio-blk-pci.write-cache=off").drive("file=a,format=raw").config();
    assertThat(config.devices().getFirst().properties())
        .isEqualTo(Map.of("drive", "virtio0", "write-cache", "off"));
  }

  @Test
  void shareRw_isTheDevices() {
    MachineConfig config =
        pc().drive("file=a,format=raw,id=d,if=none")
            .device("virtio-blk-pci,drive=d,share-rw=on")
            .config();
    assertThat(image(config, "d").sharing()).isEqualTo(Sharing.SHARE_RW);
  }

  @Test
  void blockdev_limitsOverRawOverFile() {
    MachineConfig config =
        pc().device("virtio-blk-pci,drive=t")
            .object("throttle-group,id=g,limits.iops-total=5")
            .blockdev("throttle,node-name=t,throttle-group=g,file=r")
            .blockdev("raw,node-name=r,file=f,discard=unmap,read-only=on")
            .blockdev("file,node-name=f,filename=a,discard=unmap")
            .config();
    assertThat(image(config, "t").discard()).isTrue();
    assertThat(image(config, "t").readOnly()).isTrue();
    assertThat(Objects.requireNonNull(config.storage().disks().get("t")).limits())
        .isEqualTo(new DiskLimits(ThrottleConfig.ofTotals(Limit.NONE, Limit.of(5)), "g"));
  }

  @Test
  void blockdev_asAManagerSpellsIt() {
    MachineConfig config =
        pc().blockdev(
                """
                {"driver":"file","filename":"/a.img","node-name":"s1","auto-read-only":true,
                 "discard":"unmap","cache":{"direct":true,"no-flush":false}}\
                """)
            .blockdev(
                """
                {"node-name":"f1","read-only":false,"discard":"unmap","driver":"raw","file":"s1",
                 "cache":{"direct":true,"no-flush":false}}\
                """)
            .device(
                """
                {"driver":"virtio-blk-pci","bus":"pci.0","addr":"0x4","drive":"f1","id":"disk0",
                 "bootindex":1,"write-cache":"on"}\
                """)
            .config();
    assertThat(image(config, "f1"))
        .isEqualTo(
            RawImageConfig.of("/a.img").withCache(CacheMode.NONE).unmapping(DetectZeroes.OFF));
    assertThat(config.devices().getFirst().properties())
        .containsEntry("addr", "0x4")
        .containsEntry("bootindex", "1");
  }

  @Test
  void unusedDrive_isLeftAlone() {
    MachineConfig config = pc().drive("file=a,format=raw,id=d,if=none").config();
    assertThat(config.storage().disks()).isEmpty();
    assertThat(config.devices()).isEmpty();
  }

  @Test
  void object_isKept() {
    MachineConfig config = pc().object("{\"qom-type\":\"iothread\",\"id\":\"t\"}").config();
    assertThat(config.storage().objects())
        .containsExactly(new ObjectConfig("iothread", "t", Map.of()));
  }

  /** Each line is options, then the sentence. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-device virtio-blk-pci | device virtio-blk-pci: drive is missing, add drive=ID",
        "-device virtio-blk-pci,drive=d | device virtio-blk-pci,drive=d: no drive d; add -drive or"
            + " -blockdev",
        "-drive file=a,id=disk,if=none -device virtio-blk-pci,drive=dsk | device"
            + " virtio-blk-pci,drive=dsk: no drive dsk; did you mean disk?",
        "-drive file=a,id=d,if=none -device virtio-blk-pci,drive=d -device virtio-blk,drive=d |"
            + " device virtio-blk-pci,drive=d: drive d is taken by -device virtio-blk-pci,drive=d;"
            + " each serves one device",
        "-drive file=a,id=d -device virtio-blk-pci,drive=d | drive file=a,id=d: its drive is taken"
            + " by -device virtio-blk-pci,drive=d; say if=none",
        "-drive file=a,id=d -drive file=b,id=d | drive file=b,id=d: the id d is taken by -drive"
            + " file=a,id=d",
        "-drive file=a,id=d -blockdev file,node-name=d,filename=b | blockdev"
            + " file,node-name=d,filename=b: the id d is taken by -drive file=a,id=d",
        "-drive file=a,id=1 | drive file=a,id=1: an id begins with a letter and goes on with"
            + " letters, digits and - . _, not 1",
        "-hda a -drive file=b,index=0 | drive file=b,index=0: index 0 is taken by -hda a",
        "-object iothread,id=t -object iothread,id=t | object iothread,id=t: the id t is taken by"
            + " -object iothread,id=t",
        "-object iothred,id=t | object iothred: no such object; there are iothread, rng-builtin,"
            + " rng-random, throttle-group; did you mean iothread?",
        "-object iothread | object iothread: id is missing, add id=...",
        "-object iothread,id=t,size=4 | object iothread,id=t,size=4: no property size",
        "-object iothread,id=io0 -drive file=a,id=d,if=none -device"
            + " virtio-blk-pci,drive=d,iothread=io1 | device virtio-blk-pci,drive=d,iothread=io1:"
            + " no object io1; did you mean io0?",
        "-object rng-builtin,id=r -drive file=a,id=d,if=none -device"
            + " virtio-blk-pci,drive=d,iothread=r | device virtio-blk-pci,drive=d,iothread=r:"
            + " object r is no iothread, but rng-builtin",
        "-object iothread,id=t -device virtio-rng-pci,rng=t | device virtio-rng-pci,rng=t: object t"
            + " is no rng, but iothread",
        "-device virtio-rng-pci,iothread=t | device virtio-rng-pci,iothread=t: virtio-rng-pci has"
            + " no property iothread; -device virtio-rng-pci,help lists them",
        "-blockdev raw,node-name=d,file=f -device virtio-blk-pci,drive=d | blockdev"
            + " raw,node-name=d,file=f: no node f; add -blockdev",
        "-blockdev raw,node-name=d,file=d -device virtio-blk-pci,drive=d | blockdev"
            + " raw,node-name=d,file=d: drive d is taken by -device virtio-blk-pci,drive=d; each"
            + " serves one device",
      })
  void config_wrong_saysWhatAndWhatElse(String options, String sentence) {
    assertThatThrownBy(() -> said(options).config())
        .isInstanceOf(ConfigException.class)
        .hasMessage(sentence);
  }

  private static MachineBuilder said(String options) {
    MachineBuilder builder = pc();
    String[] words = options.split(" ", -1);
    for (int i = 0; i < words.length; i += 2) {
      String value = words[i + 1];
      switch (words[i]) {
        case "-device" -> builder.device(value);
        case "-drive" -> builder.drive(value);
        case "-hda" -> builder.hardDisk("hda", 0, value);
        case "-blockdev" -> builder.blockdev(value);
        default -> builder.object(value);
      }
    }
    return builder;
  }
}
