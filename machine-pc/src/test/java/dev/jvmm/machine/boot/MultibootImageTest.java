package dev.jvmm.machine.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.vcpu.EntryState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MultibootImageTest {

  private static final int MIB = 1 << 20;
  private static final int MAGIC = 0x1BADB002;

  @TempDir Path folder;

  private static byte[] header(int flags, int... addresses) {
    ByteBuffer header =
        ByteBuffer.allocate(12 + 4 * addresses.length).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(MAGIC).putInt(flags).putInt(-MAGIC - flags);
    for (int address : addresses) {
      header.putInt(address);
    }
    return header.array();
  }

  /** 4 KiB with a header 64 bytes behind its start, in the address-field form. */
  private Path flat(int loadEnd, int bssEnd) throws IOException {
    byte[] image = new byte[4096];
    Arrays.fill(image, (byte) 0x90);
    byte[] header = header(1 << 16, MIB + 64, MIB, loadEnd, bssEnd, MIB + 96);
    System.arraycopy(header, 0, image, 64, header.length);
    return Files.write(folder.resolve("test.flat"), image);
  }

  private static EntryState load(Path path, GuestRam ram, BootRequest request) {
    try (BootImage image = BootImage.open(path)) {
      image.check(request);
      return image.load(ram.memory(), request);
    }
  }

  @Test
  void addressForm_isLoadedToTheEndOfTheFile() throws IOException {
    GuestRam ram = new GuestRam(8);

    EntryState state = load(flat(0, MIB + 8192), ram, ram.request(""));

    assertThat(state.mode()).isEqualTo(EntryState.Mode.PROTECTED_32);
    assertThat(state.rip()).isEqualTo(MIB + 96);
    assertThat(state.rax()).isEqualTo(0x2BADB002);
    assertThat(ram.u32(MIB + 64)).isEqualTo(MAGIC);
    assertThat(ram.u8(MIB + 4095)).isEqualTo(0x90);
    assertThat(ram.bytes(MIB + 4096, 4096)).containsOnly(0);
    assertThat(ram.u8(MIB + 8192)).isEqualTo(0x5A);
  }

  @Test
  void addressForm_isLoadedToLoadEnd() throws IOException {
    GuestRam ram = new GuestRam(8);

    load(flat(MIB + 256, 0), ram, ram.request(""));

    assertThat(ram.u8(MIB + 255)).isEqualTo(0x90);
    assertThat(ram.u8(MIB + 256)).isEqualTo(0x5A);
  }

  @Test
  void addressesBehindTheFile_areRefused() throws IOException {
    GuestRam ram = new GuestRam(8);
    Path path = flat(MIB + 4097, 0);

    assertThatThrownBy(() -> load(path, ram, ram.request("")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("is truncated");
  }

  @Test
  void elf32_isLoadedByItsProgramHeaders() throws IOException {
    GuestRam ram = new GuestRam(8);
    Path path =
        new ElfBuilder(false).load(2 * MIB, header(0), 64).entry(2 * MIB + 12).write(folder);

    EntryState state = load(path, ram, ram.request(""));

    assertThat(state.rip()).isEqualTo(2 * MIB + 12);
    assertThat(state.rax()).isEqualTo(0x2BADB002);
    assertThat(ram.u32(2 * MIB)).isEqualTo(MAGIC);
  }

  @Test
  void information_saysMemoryCommandLineAndMap() throws IOException {
    GuestRam ram = new GuestRam(8);
    Path path = flat(0, 0);

    long info = load(path, ram, ram.request("smp 2")).rbx();

    assertThat(ram.u32(info)).isEqualTo(0x24D);
    assertThat(ram.u32(info + 4)).as("mem_lower").isEqualTo(639);
    assertThat(ram.u32(info + 8)).as("mem_upper").isEqualTo(7 * 1024);
    assertThat(ram.text(ram.u32(info + 16))).isEqualTo(path + " smp 2");
    assertThat(ram.text(ram.u32(info + 64))).isEqualTo("jvmm");
    long map = ram.u32(info + 48);
    assertThat(ram.u32(info + 44)).isEqualTo(5 * 24);
    assertThat(ram.u32(map + 72)).as("size").isEqualTo(20);
    assertThat(ram.u64(map + 76)).isEqualTo(MIB);
    assertThat(ram.u64(map + 84)).isEqualTo(7 * MIB);
    assertThat(ram.u32(map + 92)).isEqualTo(1);
  }

  @Test
  void modules_lieOnPagesBehindTheKernelWithTheirArguments() throws IOException {
    GuestRam ram = new GuestRam(8);
    Path first = Files.writeString(folder.resolve("a"), "first");
    Path second = Files.writeString(folder.resolve("b,b"), "second");
    String option = first + " one two," + (second + " three").replace(",", ",,");
    try (BootImage image = BootImage.open(flat(0, 0))) {
      BootRequest request = ram.request("", image.modules(option).toArray(BootModule[]::new));

      long info = image.load(ram.memory(), request).rbx();

      assertThat(ram.u32(info + 20)).isEqualTo(2);
      long list = ram.u32(info + 24);
      assertThat(ram.u32(list)).isEqualTo(MIB + 4096);
      assertThat(ram.u32(list + 4)).isEqualTo(MIB + 4096 + 5);
      assertThat(ram.text(ram.u32(list + 8))).isEqualTo(first + " one two");
      assertThat(ram.u32(list + 16)).isEqualTo(MIB + 8192);
      assertThat(ram.text(ram.u32(list + 24))).isEqualTo(second + " three");
      assertThat(new String(ram.bytes(MIB + 8192, 6), StandardCharsets.UTF_8)).isEqualTo("second");
    }
  }

  @Test
  void moduleThatDoesNotFit_saysWhatIsMissing() throws IOException {
    GuestRam ram = new GuestRam(2);
    BootModule module = new BootModule(Payload.ofBytes("m", new byte[MIB]), "m");
    Path path = flat(0, 0);

    assertThatThrownBy(() -> load(path, ram, ram.request("", module)))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "initrd m: its 1048576 bytes do not fit beside the kernel, 4096 bytes are missing;"
                + " raise -m");
  }

  @Test
  void moduleWithoutAName_isRefused() throws IOException {
    try (BootImage image = BootImage.open(flat(0, 0))) {
      assertThatThrownBy(() -> image.modules("")).isInstanceOf(ConfigException.class);
    }
  }

  @Test
  void unknownDemand_isRefused() throws IOException {
    Path path = new ElfBuilder(false).load(MIB, header(8), 64).entry(MIB).write(folder);

    assertThatThrownBy(() -> BootImage.open(path))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("asks for MultiBoot features 0x8");
  }
}
