package dev.jvmm.machine.fwcfg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.bus.Bus;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.memory.Region;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.machine.boot.MemoryMap;
import dev.jvmm.machine.boot.Payload;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Speaks to the device as a guest's firmware does. */
class FwCfgTest {

  private static final int RAM_BYTES = 4 << 20;
  private static final int ACCESS = 0x1000;
  private static final int BUFFER = 0x2000;
  private static final int ERROR = 1;
  private static final int READ = 2;
  private static final int SKIP = 4;
  private static final int SELECT = 8;
  private static final int WRITE = 16;
  private static final int FILE_DIR = 0x19;

  @TempDir Path folder;

  private final GuestMemory memory =
      new GuestMemory(
          List.of(new Region(0, Arena.ofAuto().allocate(RAM_BYTES, 4096).fill((byte) 0x5A))));
  private final Bus ports = new Bus("ports");

  private FwCfg device(FwCfgItems.Builder items) {
    FwCfg device = new FwCfg(memory, items.build());
    device.mapOn(ports);
    return device;
  }

  private FwCfg device() {
    return device(FwCfgItems.builder().string("opt/text", "hello"));
  }

  private byte[] read(int key, int length) {
    ports.write(0x510, 2, key);
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) ports.read(0x511, 1);
    }
    return bytes;
  }

  private ByteBuffer little(int key, int length) {
    return ByteBuffer.wrap(read(key, length)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private int keyOf(String name) {
    int count = ByteBuffer.wrap(read(FILE_DIR, 4)).getInt();
    ByteBuffer directory = ByteBuffer.wrap(read(FILE_DIR, 4 + 64 * count));
    for (int at = 4; at < directory.limit(); at += 64) {
      String found = new String(directory.array(), at + 8, 56, StandardCharsets.US_ASCII);
      if (found.substring(0, found.indexOf('\0')).equals(name)) {
        return directory.getShort(at + 4);
      }
    }
    throw new AssertionError("no file " + name);
  }

  /** Writes the access structure and its address; answers the control word afterwards. */
  private int dma(int control, int length, long gpa) {
    ByteBuffer access = ByteBuffer.allocate(16).putInt(control).putInt(length).putLong(gpa);
    memory.write(ACCESS, access.array());
    ports.write(0x514, 4, 0);
    ports.write(0x518, 4, Integer.toUnsignedLong(Integer.reverseBytes(ACCESS)));
    byte[] result = new byte[4];
    memory.read(ACCESS, result);
    return ByteBuffer.wrap(result).getInt();
  }

  private byte[] ram(int gpa, int length) {
    byte[] bytes = new byte[length];
    assertThat(memory.read(gpa, bytes)).isTrue();
    return bytes;
  }

  @Test
  void signatureAndId_areThere() {
    device();

    assertThat(read(0, 4)).asString(StandardCharsets.US_ASCII).isEqualTo("QEMU");
    assertThat(little(1, 4).getInt()).isEqualTo(3);
  }

  @Test
  void numbers_areLittleEndian() {
    device(FwCfgItems.builder().cpus(3, 255).ramBytes(5L << 30));

    assertThat(little(0x05, 2).getShort()).isEqualTo((short) 3);
    assertThat(little(0x0F, 2).getShort()).isEqualTo((short) 255);
    assertThat(little(0x03, 8).getLong()).isEqualTo(5L << 30);
  }

  @Test
  void uuid_isInWrittenOrder() {
    byte[] uuid = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    device(FwCfgItems.builder().uuid(uuid));

    assertThat(read(2, 16)).isEqualTo(uuid);
  }

  @Test
  void reads_endInZeros() {
    device();

    assertThat(read(0, 8)).containsExactly('Q', 'E', 'M', 'U', 0, 0, 0, 0);
    assertThat(read(0x7777, 4)).containsOnly(0);
  }

  @Test
  void directory_isSortedAndBigEndian() {
    device(FwCfgItems.builder().string("opt/b", "bb").string("opt/a", "a"));

    ByteBuffer directory = ByteBuffer.wrap(read(FILE_DIR, 4 + 2 * 64));
    assertThat(directory.getInt()).isEqualTo(2);
    assertThat(directory.getInt()).isEqualTo(1);
    assertThat(directory.getShort()).isEqualTo((short) 0x20);
    assertThat(directory.getShort()).isZero();
    assertThat((char) directory.get(12 + 4)).isEqualTo('a');
    assertThat(directory.getInt(68)).isEqualTo(2);
    assertThat(read(keyOf("opt/b"), 3)).containsExactly('b', 'b', 0);
  }

  @Test
  void e820_isAFile() {
    device(FwCfgItems.builder().e820(MemoryMap.of(8 << 20).e820()));

    ByteBuffer map = little(keyOf("etc/e820"), 5 * 20).position(3 * 20);
    assertThat(map.getLong()).isEqualTo(1 << 20);
    assertThat(map.getLong()).isEqualTo(7 << 20);
    assertThat(map.getInt()).isEqualTo(1);
  }

  @Test
  void kernelItems_haveAddressSizeAndData() {
    device(
        FwCfgItems.builder()
            .kernel(0x100000, Payload.ofBytes("k", new byte[] {1, 2}))
            .setup(0x10000, Payload.ofBytes("s", new byte[] {3}))
            .initrd(0x3000000, Payload.ofBytes("i", new byte[] {4, 5, 6}))
            .commandLine(0x20000, "quiet"));

    assertThat(little(0x07, 4).getInt()).isEqualTo(0x100000);
    assertThat(little(0x08, 4).getInt()).isEqualTo(2);
    assertThat(read(0x11, 2)).containsExactly(1, 2);
    assertThat(little(0x16, 4).getInt()).isEqualTo(0x10000);
    assertThat(read(0x18, 1)).containsExactly(3);
    assertThat(little(0x0A, 4).getInt()).isEqualTo(0x3000000);
    assertThat(little(0x0B, 4).getInt()).isEqualTo(3);
    assertThat(read(0x12, 3)).containsExactly(4, 5, 6);
    assertThat(little(0x14, 4).getInt()).isEqualTo(6);
    assertThat(read(0x15, 6)).containsExactly('q', 'u', 'i', 'e', 't', 0);
  }

  @Test
  void file_isReadWhenAsked() throws IOException {
    Path path = Files.writeString(folder.resolve("f"), "before");
    device(FwCfgItems.builder().file("opt/file", path));
    Files.writeString(path, "after!");

    assertThat(read(keyOf("opt/file"), 6)).asString(StandardCharsets.UTF_8).isEqualTo("after!");
  }

  @Test
  void fileThatWent_isZeros() throws IOException {
    Path path = Files.writeString(folder.resolve("f"), "before");
    device(FwCfgItems.builder().file("opt/file", path));
    Files.delete(path);

    assertThat(read(keyOf("opt/file"), 6)).containsOnly(0);
  }

  @Test
  void otherWidths_areNotTheDevice() {
    device();
    ports.write(0x510, 2, 0);

    assertThat(ports.read(0x510, 4)).isEqualTo(0xFFFFFFFFL);
    assertThat(ports.read(0x510, 2)).isEqualTo(0xFFFF);
    ports.write(0x510, 1, 5);
    ports.write(0x511, 1, 'x');
    assertThat(ports.read(0x511, 1)).isEqualTo('Q');
  }

  @Test
  void dmaRegister_readsItsSignature() {
    device();

    assertThat(ports.read(0x514, 4)).isEqualTo(0x554D4551); // "QEMU" as bytes
    assertThat(ports.read(0x518, 4)).isEqualTo(0x47464320); // " CFG"
  }

  @Test
  void dma_selectsAndReads() {
    device();
    int control = SELECT | READ | (keyOf("opt/text") << 16);

    assertThat(dma(control, 4, BUFFER)).isZero();

    assertThat(ram(BUFFER, 5)).containsExactly('h', 'e', 'l', 'l', 0x5A);
    assertThat(ports.read(0x511, 1)).as("the next byte").isEqualTo('o');
  }

  @Test
  void dma_fillsWithZerosBehindTheItem() {
    device();

    assertThat(dma(SELECT | READ, 8, BUFFER)).isZero();

    assertThat(ram(BUFFER, 9)).containsExactly('Q', 'E', 'M', 'U', 0, 0, 0, 0, 0x5A);
  }

  @Test
  void dma_skips() {
    device();

    assertThat(dma(SELECT | SKIP, 2, 0)).isZero();
    assertThat(ports.read(0x511, 1)).isEqualTo('M');
    assertThat(dma(SKIP, -1, 0)).isZero();
    assertThat(ports.read(0x511, 1)).isZero();
  }

  @Test
  void dma_withoutSelectGoesOn() {
    device();
    dma(SELECT | READ, 2, BUFFER);

    assertThat(dma(READ, 2, BUFFER)).isZero();

    assertThat(ram(BUFFER, 2)).containsExactly('M', 'U');
  }

  @Test
  void dmaWrite_isAnError() {
    FwCfg device = device();

    assertThat(dma(SELECT | WRITE, 4, BUFFER)).isEqualTo(ERROR);
    assertThat(read(0, 4)).asString(StandardCharsets.US_ASCII).isEqualTo("QEMU");
    assertThat(device.failedTransfers()).isEqualTo(1);
  }

  @Test
  void dmaToWhatIsNotRam_isAnError() {
    FwCfg device = device();

    assertThat(dma(SELECT | READ, 4, RAM_BYTES - 3)).isEqualTo(ERROR);
    assertThat(dma(READ, 4, -2)).isEqualTo(ERROR);
    assertThat(dma(READ, 4, 0xFEE00000L)).isEqualTo(ERROR);
    assertThat(device.failedTransfers()).isEqualTo(3);
    assertThat(ports.read(0x511, 1)).as("nothing was consumed").isEqualTo('Q');
  }

  @Test
  void dmaOfGigabytesOfZeros_isAnError() {
    device();

    assertThat(dma(SELECT | READ, -1, BUFFER)).isEqualTo(ERROR);
    assertThat(dma(SELECT | READ, 4 + (1 << 20) + 1, BUFFER)).isEqualTo(ERROR);
    assertThat(dma(SELECT | READ, 4 + (1 << 20), BUFFER)).isZero();
  }

  @Test
  void dmaStructureOutsideRam_isCountedOnly() {
    FwCfg device = device();

    ports.write(0x514, 4, -1);
    ports.write(0x518, 4, -1);

    assertThat(device.failedTransfers()).isEqualTo(1);
  }

  @Test
  void reset_selectsTheSignature() {
    FwCfg device = device();
    read(1, 2);

    device.reset();

    assertThat(ports.read(0x511, 1)).isEqualTo('Q');
  }

  @Test
  void restore_goesOnWhereTheStateWas() {
    FwCfg device = device();
    read(0, 2);
    FwCfg.State state = device.state();
    read(1, 1);

    device.restore(state);

    assertThat(ports.read(0x511, 1)).isEqualTo('M');
  }

  @Test
  void randomAccesses_neverThrow() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    device();
    int[] sizes = {1, 2, 4};
    try {
      for (int i = 0; i < 20_000; i++) {
        byte[] access = new byte[16];
        random.nextBytes(access);
        Arrays.fill(access, 4, 6, (byte) 0);
        Arrays.fill(access, 8, 13, (byte) (random.nextInt(8) == 0 ? -1 : 0));
        memory.write(ACCESS, access);
        int port = 0x510 + random.nextInt(12);
        int size = sizes[random.nextInt(3)];
        ports.write(port, size, random.nextBoolean() ? 0x00100000 : random.nextInt());
        ports.read(port, size);
      }
    } catch (RuntimeException e) {
      throw new AssertionError("seed " + seed, e);
    }
  }

  @Test
  void wrongNames_areSentences() {
    FwCfgItems.Builder items = FwCfgItems.builder().string("opt/a", "a");

    assertThatThrownBy(() -> items.string("opt/a", "b"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("fw_cfg name=opt/a: is there already; rename it");
    assertThatThrownBy(() -> items.string("x".repeat(56), "b"))
        .isInstanceOf(ConfigException.class)
        .hasMessageEndingWith(": longer than 55 characters; shorten it");
    assertThatThrownBy(() -> items.string("", "b")).isInstanceOf(ConfigException.class);
    assertThatThrownBy(() -> items.file("opt/f", folder.resolve("none")))
        .isInstanceOf(ConfigException.class)
        .hasMessage("fw_cfg " + folder.resolve("none") + ": no such file; check the name");
  }
}
