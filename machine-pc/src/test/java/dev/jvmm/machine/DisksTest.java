package dev.jvmm.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.block.BlockBackend;
import dev.jvmm.block.BlockRequest;
import dev.jvmm.block.ThrottledBackend;
import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.machine.catalog.DeviceProperties;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class DisksTest {

  private static final int BYTES = 8192;

  @TempDir Path folder;
  private Path image = Path.of("");

  @BeforeEach
  void makeImage() throws IOException {
    image = Files.write(folder.resolve("disk.img"), new byte[BYTES]);
  }

  /** What comes of a machine's disks while they are open. */
  private static <T> T open(MachineBuilder builder, Function<Disks, T> question) {
    MachineConfig config = builder.noDefaults().config();
    try (IoThreads loops = new IoThreads(config, null);
        Disks disks = new Disks(config, loops)) {
      return question.apply(disks);
    }
  }

  private static BlockBackend backend(MachineBuilder builder, Disks disks) {
    return disks.backend(DeviceProperties.of(builder.config().devices().getFirst()));
  }

  private static void assertRefused(MachineBuilder builder, String sentence) {
    assertThatThrownBy(() -> open(builder, Disks::warnings))
        .isInstanceOf(ConfigException.class)
        .hasMessage(sentence);
  }

  @Test
  void drive_isOpenOnItsThread() {
    MachineBuilder builder =
        Machine.pc()
            .object("iothread,id=t")
            .drive("file=" + image + ",format=raw,id=d,if=none,readonly=on")
            .device("virtio-blk-pci,drive=d,iothread=t");
    long capacity = open(builder, disks -> backend(builder, disks).capacityBytes());
    boolean readOnly = open(builder, disks -> backend(builder, disks).readOnly());
    assertThat(capacity).isEqualTo(BYTES);
    assertThat(readOnly).isTrue();
    assertThat(open(builder, Disks::warnings)).isEmpty();
  }

  @Test
  void limits_areInFrontOfTheDisk() {
    MachineBuilder builder = Machine.pc().drive("driver=null-co,size=1M,iops=10");
    BlockBackend backend = open(builder, disks -> backend(builder, disks));
    assertThat(backend).isInstanceOf(ThrottledBackend.class);
  }

  /** What one disk of a group reads, the other has read, too. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "driver=null-co,if=none,throttling.group=g,iops=1,iops_size=512,id=",
        "driver=null-co,if=none,group=g,iops=1,iops_size=512,id="
      })
  void drivesOfAGroup_shareItsLimits(String drive) {
    assertSecondWaits(Machine.pc().drive(drive + "a").drive(drive + "b"));
  }

  @Test
  void nodesOfAGroup_shareItsLimits() {
    assertSecondWaits(
        Machine.pc()
            .object("throttle-group,id=g,limits.iops-total=1,limits.iops-size=512")
            .object("iothread,id=t")
            .global("virtio-blk-pci.iothread=t")
            .blockdev("null-co,node-name=n1")
            .blockdev("null-co,node-name=n2")
            .blockdev("throttle,node-name=a,throttle-group=g,file=n1")
            .blockdev("throttle,node-name=b,throttle-group=g,file=n2"));
  }

  private static void assertSecondWaits(MachineBuilder builder) {
    builder.device("virtio-blk-pci,drive=a").device("virtio-blk-pci,drive=b");
    MachineConfig config = builder.noDefaults().config();
    MemorySegment memory = Arena.ofAuto().allocate(1 << 20, 4096);
    try (IoThreads loops = new IoThreads(config, null);
        Disks disks = new Disks(config, loops)) {
      List<Integer> left = new ArrayList<>();
      for (DeviceConfig device : config.devices()) {
        DeviceProperties properties = DeviceProperties.of(device);
        BlockBackend disk = disks.backend(properties);
        EventLoop loop = loops.of(properties);
        loop.invoke(
            () -> {
              BlockRequest request = new BlockRequest(1, (r, errno) -> {}).read(0);
              request.addSegment(memory);
              disk.submit(request);
              disk.kick();
            });
        loop.invoke(() -> {}); // completions come by a task
        loop.invoke(() -> left.add(disk.inFlight()));
      }
      assertThat(left).containsExactly(0, 1);
    }
  }

  @Test
  void guessedFormat_isWarnedOfInTheUsersWords() {
    assertThat(open(Machine.pc().hardDisk("hda", 0, image.toString()), Disks::warnings))
        .containsExactly(
            "-hda "
                + image
                + ": no format is given and raw is a guess, so the guest can't write headers of"
                + " other formats to its first sector; say format=raw");
  }

  @Test
  void containerAsRaw_isWarnedOf() throws IOException {
    byte[] qcow2 = new byte[BYTES];
    System.arraycopy(new byte[] {'Q', 'F', 'I', (byte) 0xFB, 0, 0, 0, 3}, 0, qcow2, 0, 8);
    Files.write(image, qcow2);
    String text = "file=" + image + ",format=raw";
    assertThat(open(Machine.pc().drive(text), Disks::warnings))
        .containsExactly(
            "-drive "
                + text
                + ": begins like a qcow2 image, but is used as raw: the guest sees the container,"
                + " not the disk inside");
    assertRefused(
        Machine.pc().hardDisk("hda", 0, image.toString()),
        "hda "
            + image
            + ": is a qcow2 image, which jvmm can't read; convert it by qemu-img convert -O raw");
  }

  @Test
  void missing_isRefused() {
    String text = "file=" + folder + "/no.img,format=raw";
    assertRefused(
        Machine.pc().drive(text),
        "drive "
            + text
            + ": no such file; make an empty disk by truncate -s 10G "
            + folder
            + "/no.img, or correct the name");
  }

  @Test
  void directory_isRefused() {
    assertRefused(
        Machine.pc().hardDisk("hdb", 1, folder.toString()),
        "hdb " + folder + ": is a directory; name an image file or a block device");
  }

  /** What not even root may write, whatever /proc is mounted like. */
  @Test
  void unwritable_isRefused() {
    String text = "file,node-name=d,filename=/proc/sys/kernel/ostype";
    assertRefused(
        Machine.pc().blockdev(text).device("virtio-blk-pci,drive=d"),
        "blockdev "
            + text
            + ": this user may not read and write it; change its permissions, or say readonly=on");
  }

  @Test
  void partOfASector_isRefused() throws IOException {
    Files.write(image, new byte[1000]);
    String text = "{\"driver\":\"file\",\"node-name\":\"d\",\"filename\":\"" + image + "\"}";
    assertRefused(
        Machine.pc().blockdev(text).device("virtio-blk-pci,drive=d"),
        "blockdev "
            + text
            + ": its size of 1000 bytes is no multiple of 512; make it 1024 by truncate -s %512 "
            + image);
  }

  @Test
  void locked_isRefusedUnlessShared() {
    String text = "file=" + image + ",format=raw";
    String said =
        "drive "
            + text
            + ": another virtual machine or tool is using it; end that one, or say share-rw=on for"
            + " a disk that both can share";
    open(
        Machine.pc().drive(text),
        disks -> {
          assertRefused(Machine.pc().drive(text), said);
          return disks;
        });
    Function<String, MachineBuilder> shared =
        id ->
            Machine.pc()
                .drive(text + ",if=none,id=" + id)
                .device("virtio-blk-pci,share-rw=on,drive=" + id);
    List<String> both = open(shared.apply("a"), disks -> open(shared.apply("b"), Disks::warnings));
    assertThat(both).isEmpty();
    assertRefused(
        Machine.pc().drive(text).drive(text + ",id=again"), said.replace(text, text + ",id=again"));
  }

  @Test
  void image_comesBeforeTheHost() {
    String text = "file=" + folder + ",format=raw";
    assertThatThrownBy(
            () -> Machine.pc().kernel(TinyKernel.write(folder, "f4")).drive(text).build())
        .hasMessage("drive " + text + ": is a directory; name an image file or a block device");
  }
}
