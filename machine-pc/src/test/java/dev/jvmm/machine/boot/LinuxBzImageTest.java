package dev.jvmm.machine.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.vcpu.EntryState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinuxBzImageTest {

  private static final int MIB = 1 << 20;

  @TempDir Path folder;

  private EntryState load(BzImageFile file, GuestRam ram, BootRequest request) throws IOException {
    try (BootImage image = BootImage.open(file.write(folder))) {
      image.check(request);
      return image.load(ram.memory(), request);
    }
  }

  private static BootModule module(int bytes) {
    byte[] content = new byte[bytes];
    java.util.Arrays.fill(content, (byte) 0xC3);
    return new BootModule(Payload.ofBytes("initrd.img", content), "");
  }

  @Test
  void protocol215_entersIn64Bits() throws IOException {
    BzImageFile file =
        new BzImageFile(0x20F).relocatable(2 * MIB).u16(0x236, 1).preferred(16 * MIB, 8 * MIB);
    GuestRam ram = new GuestRam(32);

    EntryState state = load(file, ram, ram.request("console=ttyS0"));

    assertThat(state.mode()).isEqualTo(EntryState.Mode.LONG_64);
    assertThat(state.rip()).isEqualTo(16 * MIB + 0x200);
    assertThat(state.rsi()).isEqualTo(0x7000);
    assertThat(ram.bytes(16 * MIB, 64 << 10)).isEqualTo(file.kernel());
    assertThat(ram.u32(0x7000 + 0x228)).isEqualTo(0x20000);
    assertThat(ram.text(0x20000)).isEqualTo("console=ttyS0");
    assertThat(ram.u8(0x7000 + 0x210)).as("type_of_loader").isEqualTo(0xFF);
    assertThat(ram.u64(0x7000 + 0x70)).as("acpi_rsdp_addr").isEqualTo(0xE0000);
  }

  /** A reset loads what was checked at the start, whatever has the name by now. */
  @Test
  void initrdThatIsReplaced_isLoadedAsItWas() throws IOException {
    Path name = Files.write(folder.resolve("initrd"), new byte[] {1, 2, 3, 4});
    Path next = Files.write(folder.resolve("next"), new byte[] {9});
    GuestRam ram = new GuestRam(32);
    try (BootImage image = BootImage.open(new BzImageFile(0x20F).u16(0x236, 1).write(folder))) {
      List<BootModule> modules = image.modules(name.toString());
      BootRequest request = ram.request("", modules.getFirst());

      Files.move(next, name, StandardCopyOption.REPLACE_EXISTING);
      image.load(ram.memory(), request);
      modules.getFirst().payload().close();

      assertThat(ram.u32(0x7000 + 0x21C)).as("ramdisk_size").isEqualTo(4);
      assertThat(ram.bytes(ram.u32(0x7000 + 0x218), 4)).containsExactly(1, 2, 3, 4);
    }
  }

  @Test
  void longMode_mapsFourGibibytesAndSetsFlatSegments() throws IOException {
    GuestRam ram = new GuestRam(32);

    EntryState state = load(new BzImageFile(0x20F).u16(0x236, 1), ram, ram.request(""));

    long pml4e = ram.u64(state.cr3());
    long pdpte = ram.u64((pml4e & -4096) + 3 * 8);
    long pde = ram.u64((pdpte & -4096) + 511 * 8);
    assertThat(pde).isEqualTo(((4L << 30) - (2 << 20)) | 0x83);
    assertThat(pml4e & 3).isEqualTo(3);
    assertThat(pdpte & 3).isEqualTo(3);
    assertThat(ram.u64(state.gdtGpa() + EntryState.CODE_SELECTOR)).isEqualTo(0x00AF9B000000FFFFL);
    assertThat(ram.u64(state.gdtGpa() + EntryState.DATA_SELECTOR)).isEqualTo(0x00CF93000000FFFFL);
    assertThat(ram.u64(state.gdtGpa() + EntryState.TASK_SELECTOR)).isEqualTo(0x00008B0000000067L);
    assertThat(state.gdtLimit()).isEqualTo(6 * 8 - 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x202, 0x203, 0x204, 0x206, 0x20A, 0x20F})
  void without64BitFlag_entersIn32Bits(int version) throws IOException {
    BzImageFile file = new BzImageFile(version).u32(0x214, 0x100040);
    GuestRam ram = new GuestRam(16);

    EntryState state = load(file, ram, ram.request("auto"));

    assertThat(state.mode()).isEqualTo(EntryState.Mode.PROTECTED_32);
    assertThat(state.cr3()).isZero();
    assertThat(state.rip()).isEqualTo(0x100040);
    assertThat(state.rsi()).isEqualTo(0x7000);
    assertThat(ram.u64(0x500 + 0x10)).isEqualTo(0x00CF9B000000FFFFL);
    assertThat(ram.bytes(MIB, 64 << 10)).isEqualTo(file.kernel());
    assertThat(ram.text(ram.u32(0x7000 + 0x228))).isEqualTo("auto");
  }

  @Test
  void flag64OfAnOlderProtocol_isRubbish() throws IOException {
    GuestRam ram = new GuestRam(16);

    EntryState state = load(new BzImageFile(0x20A).u16(0x236, 1), ram, ram.request(""));

    assertThat(state.mode()).isEqualTo(EntryState.Mode.PROTECTED_32);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x200, 0x201})
  void beforeProtocol202_commandLineLiesBehindZeroPageAt0x90000(int version) throws IOException {
    GuestRam ram = new GuestRam(16);

    EntryState state = load(new BzImageFile(version), ram, ram.request("root=/dev/hda1"));

    assertThat(state.rsi()).isEqualTo(0x90000);
    assertThat(ram.u16(0x90000 + 0x20)).isEqualTo(0xA33F);
    assertThat(ram.text(0x90000 + ram.u16(0x90000 + 0x22))).isEqualTo("root=/dev/hda1");
  }

  @Test
  void setupSectsZero_meansFour() throws IOException {
    BzImageFile file = new BzImageFile(0x203, 0, 4096);
    GuestRam ram = new GuestRam(16);

    load(file, ram, ram.request(""));

    assertThat(ram.bytes(MIB, 4096)).isEqualTo(file.kernel());
  }

  @Test
  void zeroPage_hasHeaderAndMapAndNothingElse() throws IOException {
    BzImageFile file = new BzImageFile(0x20F).u16(0x236, 1).text(0x270, "code, not header");
    GuestRam ram = new GuestRam(8);

    load(file, ram, ram.request(""));

    assertThat(ram.u16(0x7000 + 0x206)).isEqualTo(0x20F);
    assertThat(ram.u8(0x7000 + 0x1EF)).as("sentinel").isZero();
    assertThat(ram.u8(0x7000 + 0x1E8)).isEqualTo(5);
    assertThat(ram.u64(0x7270)).as("behind the header").isZero();
    assertThat(ram.u64(0x72D0)).isZero();
    assertThat(ram.u64(0x72D8)).isEqualTo(0x9FC00);
    assertThat(ram.u32(0x72E0)).isEqualTo(1);
    long last = 0x72D0 + 3 * 20;
    assertThat(ram.u64(last)).isEqualTo(MIB);
    assertThat(ram.u64(last + 8)).isEqualTo(7 * MIB);
    assertThat(ram.u64(last + 20)).as("the top below 4 GiB").isEqualTo(0xFFFB_C000L);
    assertThat(ram.u64(last + 40)).isZero();
    assertThat(ram.u32(0x7000 + 0x1E0)).as("alt_mem_k").isEqualTo(7 * 1024);
    assertThat(ram.u16(0x7000 + 0x002)).as("ext_mem_k").isEqualTo(7 * 1024);
  }

  @Test
  void initrd_liesAtTheTopOnAPage() throws IOException {
    GuestRam ram = new GuestRam(16);

    load(new BzImageFile(0x20F).u16(0x236, 1), ram, ram.request("", module(5000)));

    assertThat(ram.u32(0x7000 + 0x218)).isEqualTo(16 * MIB - 8192);
    assertThat(ram.u32(0x7000 + 0x21C)).isEqualTo(5000);
    assertThat(ram.bytes(16 * MIB - 8192, 5000)).containsOnly(0xC3);
    assertThat(ram.u8(16 * MIB - 8192 + 5000)).as("behind it").isEqualTo(0x5A);
  }

  @Test
  void initrd_endsAtInitrdAddrMax() throws IOException {
    GuestRam ram = new GuestRam(16);
    BzImageFile file = new BzImageFile(0x203).u32(0x22C, 0x7F_FFFF);

    load(file, ram, ram.request("", module(4096)));

    assertThat(ram.u32(0x7000 + 0x218)).isEqualTo(8 * MIB - 4096);
  }

  @Test
  void relocatable_goesLowWhereItsPreferenceIsNotRam() throws IOException {
    BzImageFile file = new BzImageFile(0x20A).relocatable(2 * MIB).preferred(16 * MIB, 4 * MIB);
    GuestRam ram = new GuestRam(8);

    EntryState state = load(file, ram, ram.request(""));

    assertThat(state.rip()).isEqualTo(2 * MIB);
    assertThat(ram.u32(0x7000 + 0x214)).as("code32_start").isEqualTo(2 * MIB);
    assertThat(ram.bytes(2 * MIB, 64 << 10)).isEqualTo(file.kernel());
  }

  @Test
  void relocatable_makesDoWithItsLeastAlignment() throws IOException {
    BzImageFile file =
        new BzImageFile(0x20A).relocatable(16 * MIB).u8(0x235, 21).preferred(16 * MIB, 4 * MIB);
    GuestRam ram = new GuestRam(8);

    EntryState state = load(file, ram, ram.request(""));

    assertThat(state.rip()).isEqualTo(2 * MIB);
    assertThat(ram.u32(0x7000 + 0x230)).as("kernel_alignment").isEqualTo(2 * MIB);
  }

  @Test
  void notRelocatable_isLoadedAt1MibAndNeedsWhereItRuns() throws IOException {
    BzImageFile file = new BzImageFile(0x20A).preferred(4 * MIB, 8 * MIB);
    GuestRam ram = new GuestRam(13);

    EntryState state = load(file, ram, ram.request("", module(MIB)));

    assertThat(state.rip()).isEqualTo(MIB);
    assertThat(ram.u32(0x7000 + 0x218)).isEqualTo(12 * MIB);
  }

  @Test
  void kernelAboveRam_saysHowMuch() {
    BzImageFile file = new BzImageFile(0x20A).preferred(16 * MIB, 8 * MIB);
    GuestRam ram = new GuestRam(16);

    assertThatThrownBy(() -> load(file, ram, ram.request("")))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "kernel "
                + folder.resolve("vmlinuz")
                + ": needs RAM up to 24 MiB and the guest has 16; raise -m");
  }

  @Test
  void preferenceNearTheTopOfTheAddressSpace_isPassedOver() throws IOException {
    BzImageFile file =
        new BzImageFile(0x20F).relocatable(2 * MIB).preferred(Long.MAX_VALUE, 4 * MIB);
    GuestRam ram = new GuestRam(8);

    assertThat(load(file, ram, ram.request("")).rip()).isEqualTo(2 * MIB);
  }

  @Test
  void initrdThatDoesNotFit_saysWhatIsMissing() {
    BzImageFile file = new BzImageFile(0x20A).preferred(MIB, 6 * MIB);
    GuestRam ram = new GuestRam(8);

    assertThatThrownBy(() -> load(file, ram, ram.request("", module(2 * MIB))))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "initrd initrd.img: its 2097152 bytes do not fit beside the kernel, 1048576 bytes are"
                + " missing; raise -m");
  }

  @Test
  void initrdAboveWhatTheKernelReaches_saysSo() {
    BzImageFile file = new BzImageFile(0x20A).preferred(MIB, 6 * MIB).u32(0x22C, 0x7F_FFFF);
    GuestRam ram = new GuestRam(64);

    assertThatThrownBy(() -> load(file, ram, ram.request("", module(2 * MIB))))
        .isInstanceOf(ConfigException.class)
        .hasMessageEndingWith("give a smaller one, this kernel takes it below 0x800000 only");
  }

  @Test
  void twoInitrds_areRefused() {
    GuestRam ram = new GuestRam(8);

    assertThatThrownBy(
            () -> load(new BzImageFile(0x20A), ram, ram.request("", module(1), module(1))))
        .isInstanceOf(ConfigException.class)
        .hasMessage("initrd initrd.img: Linux takes one initrd; concatenate the files");
  }

  @Test
  void commandLine_isTakenUpToCmdlineSize() throws IOException {
    GuestRam ram = new GuestRam(8);
    BzImageFile file = new BzImageFile(0x206).u32(0x238, 300);

    load(file, ram, ram.request("x".repeat(300)));

    assertThat(ram.text(0x20000)).hasSize(300);
    assertThatThrownBy(() -> load(file, ram, ram.request("x".repeat(301))))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "append \"xxxxxxxxxxxxxxxxxxxx...\": 301 bytes, this kernel takes 300 at most; shorten"
                + " it");
  }

  @Test
  void oldProtocol_takes255BytesOfCommandLine() {
    GuestRam ram = new GuestRam(8);

    assertThatThrownBy(() -> load(new BzImageFile(0x205), ram, ram.request("x".repeat(256))))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("takes 255 at most");
  }

  @Test
  void hugeCmdlineSize_isCutToOurRoom() {
    GuestRam ram = new GuestRam(8);
    BzImageFile file = new BzImageFile(0x20F).u32(0x238, 0xFFFF_FFFFL);

    assertThatThrownBy(() -> load(file, ram, ram.request("x".repeat(70_000))))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("takes 65535 at most");
  }

  @Test
  void reset_loadsTheSameAgain() throws IOException {
    BzImageFile file = new BzImageFile(0x20F).u16(0x236, 1);
    GuestRam ram = new GuestRam(8);
    BootRequest request = ram.request("quiet", module(100));
    try (BootImage image = BootImage.open(file.write(folder))) {
      EntryState first = image.load(ram.memory(), request);
      byte[] before = ram.bytes(0, 8 * MIB);
      for (long gpa : List.of(0x500L, 0x7000L, 0x9000L, 0x20000L, 0x100000L, 8L * MIB - 4096)) {
        ram.memory().write(gpa, new byte[5]);
      }

      EntryState second = image.load(ram.memory(), request);

      assertThat(second).isEqualTo(first);
      assertThat(ram.bytes(0, 8 * MIB)).isEqualTo(before);
    }
  }

  @Test
  void fileThatShrinks_isASentence() throws IOException {
    GuestRam ram = new GuestRam(8);
    Path path = new BzImageFile(0x20F).write(folder);
    try (BootImage image = BootImage.open(path)) {
      Files.write(path, new byte[100]);

      assertThatThrownBy(() -> image.load(ram.memory(), ram.request("")))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("has become shorter");
    }
  }

  @Test
  void release_isTheFirstWordOfTheVersion() throws IOException {
    BzImageFile file =
        new BzImageFile(0x20F).u16(0x20E, 0x100).text(0x300, "6.10.3-amd64 (gcc) #1 SMP");

    try (BootImage image = BootImage.open(file.write(folder))) {
      assertThat(((LinuxBzImage) image).release()).isEqualTo("6.10.3-amd64");
    }
  }
}
