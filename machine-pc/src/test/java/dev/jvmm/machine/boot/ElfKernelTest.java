package dev.jvmm.machine.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.vcpu.EntryState;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ElfKernelTest {

  private static final int MIB = 1 << 20;
  private static final byte[] CODE = {0x31, (byte) 0xC0, (byte) 0xF4};

  @TempDir Path folder;

  private EntryState load(ElfBuilder file, GuestRam ram, BootRequest request) throws IOException {
    try (BootImage image = BootImage.open(file.write(folder))) {
      image.check(request);
      return image.load(ram.memory(), request);
    }
  }

  private static BootModule initrd() {
    return new BootModule(Payload.ofBytes("initrd.img", new byte[] {1, 2, 3, 4}), "");
  }

  @Test
  void withPvhNote_entersIn32BitsWithStartInfo() throws IOException {
    GuestRam ram = new GuestRam(8);
    ElfBuilder file = new ElfBuilder(true).load(MIB, CODE, 100).pvhNote(MIB + 1).entry(MIB);

    EntryState state = load(file, ram, ram.request("quiet", initrd()));

    assertThat(state.mode()).isEqualTo(EntryState.Mode.PROTECTED_32);
    assertThat(state.rip()).isEqualTo(MIB + 1);
    long info = state.rbx();
    assertThat(ram.u32(info)).isEqualTo(0x336EC578);
    assertThat(ram.u32(info + 4)).as("version").isEqualTo(1);
    assertThat(ram.u32(info + 12)).as("modules").isEqualTo(1);
    assertThat(ram.text(ram.u64(info + 24))).isEqualTo("quiet");
    assertThat(ram.u64(info + 32)).as("rsdp").isEqualTo(0xE0000);
    long module = ram.u64(info + 16);
    assertThat(ram.u64(module)).isEqualTo(8 * MIB - 4096);
    assertThat(ram.u64(module + 8)).isEqualTo(4);
    assertThat(ram.bytes(ram.u64(module), 4)).containsExactly(1, 2, 3, 4);
    long map = ram.u64(info + 40);
    assertThat(ram.u32(info + 48)).isEqualTo(5);
    assertThat(ram.u64(map + 3 * 24)).isEqualTo(MIB);
    assertThat(ram.u64(map + 3 * 24 + 8)).isEqualTo(7 * MIB);
    assertThat(ram.u32(map + 3 * 24 + 16)).isEqualTo(1);
  }

  @Test
  void pvhWithoutInitrd_hasNoModules() throws IOException {
    GuestRam ram = new GuestRam(8);

    EntryState state =
        load(new ElfBuilder(true).load(MIB, CODE, 3).pvhNote(MIB), ram, ram.request(""));

    assertThat(ram.u32(state.rbx() + 12)).isZero();
    assertThat(ram.u64(state.rbx() + 16)).isZero();
  }

  @Test
  void elf64WithoutNote_entersIn64BitsWithZeroPage() throws IOException {
    GuestRam ram = new GuestRam(8);

    EntryState state =
        load(
            new ElfBuilder(true).load(MIB, CODE, 3).entry(MIB),
            ram,
            ram.request("quiet", initrd()));

    assertThat(state.mode()).isEqualTo(EntryState.Mode.LONG_64);
    assertThat(state.rip()).isEqualTo(MIB);
    assertThat(ram.u32(state.rsi() + 0x202)).isEqualTo(0x53726448);
    assertThat(ram.u8(state.rsi() + 0x210)).as("or Linux drops its initrd").isEqualTo(0xFF);
    assertThat(ram.u32(state.rsi() + 0x218)).isEqualTo(8 * MIB - 4096);
    assertThat(ram.text(ram.u32(state.rsi() + 0x228))).isEqualTo("quiet");
  }

  @Test
  void elf32WithoutNote_entersIn32BitsWithZeroPage() throws IOException {
    GuestRam ram = new GuestRam(8);

    EntryState state =
        load(new ElfBuilder(false).load(MIB, CODE, 3).entry(MIB + 2), ram, ram.request("x"));

    assertThat(state.mode()).isEqualTo(EntryState.Mode.PROTECTED_32);
    assertThat(state.rip()).isEqualTo(MIB + 2);
    assertThat(state.rsi()).isEqualTo(0x7000);
    assertThat(ram.bytes(MIB, 3)).isEqualTo(CODE);
  }

  @Test
  void bss_isZeroedAndNothingElse() throws IOException {
    GuestRam ram = new GuestRam(8);

    load(new ElfBuilder(true).load(MIB, CODE, 100).entry(MIB), ram, ram.request(""));

    assertThat(ram.bytes(MIB + 3, 97)).containsOnly(0);
    assertThat(ram.u8(MIB + 100)).isEqualTo(0x5A);
  }

  @Test
  void virtualEntry_isTranslated() throws IOException {
    GuestRam ram = new GuestRam(32);
    long virtual = 0xFFFFFFFF81000000L;
    ElfBuilder file =
        new ElfBuilder(true)
            .part(new ElfBuilder.Part(ElfBuilder.PT_LOAD, 16 * MIB, virtual, CODE, 3))
            .entry(virtual + 2);

    assertThat(load(file, ram, ram.request("")).rip()).isEqualTo(16 * MIB + 2);
  }

  @Test
  void pvhEntryOutsideTheFile_isNoPvh() throws IOException {
    GuestRam ram = new GuestRam(8);

    EntryState state =
        load(
            new ElfBuilder(true).load(MIB, CODE, 3).pvhNote(5 * MIB).entry(MIB),
            ram,
            ram.request(""));

    assertThat(state.mode()).isEqualTo(EntryState.Mode.LONG_64);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 0x7000, 0x9FC00, 0xA0000, 0xE0000, 0xFFFFF})
  void partInTheOldPcsMemory_isRefused(long gpa) {
    GuestRam ram = new GuestRam(8);

    assertThatThrownBy(
            () -> load(new ElfBuilder(true).load(gpa, CODE, 3).entry(gpa), ram, ram.request("")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("which is not free; link it at 1 MiB or above");
  }

  @ParameterizedTest
  @ValueSource(longs = {8 * MIB - 2, 8 * MIB, 3L << 30, 1L << 40})
  void partBehindRam_isRefused(long gpa) {
    GuestRam ram = new GuestRam(8);
    ElfBuilder file = new ElfBuilder(true).load(MIB, CODE, 3).load(gpa, CODE, 3).entry(MIB);

    assertThatThrownBy(() -> load(file, ram, ram.request("")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("where the guest has no RAM; raise -m");
  }

  @Test
  void hugeBss_isRefusedNotWritten() {
    GuestRam ram = new GuestRam(8);
    ElfBuilder file = new ElfBuilder(true).load(MIB, CODE, Long.MAX_VALUE - MIB).entry(MIB);

    assertThatThrownBy(() -> load(file, ram, ram.request(""))).isInstanceOf(ConfigException.class);
  }

  @Test
  void overlappingParts_areRefused() {
    GuestRam ram = new GuestRam(8);
    ElfBuilder file =
        new ElfBuilder(true).load(MIB, CODE, 4096).load(MIB + 4095, CODE, 3).entry(MIB);

    assertThatThrownBy(() -> load(file, ram, ram.request("")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("overlap at 0x100fff");
  }

  @Test
  void initrdBesideElf_saysWhatIsMissing() {
    GuestRam ram = new GuestRam(8);
    ElfBuilder file = new ElfBuilder(true).load(MIB, CODE, 6 * MIB).entry(MIB);
    BootModule initrd = new BootModule(Payload.ofBytes("i", new byte[MIB + 1]), "");

    assertThatThrownBy(() -> load(file, ram, ram.request("", initrd)))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "initrd i: its 1048577 bytes do not fit beside the kernel, 4096 bytes are missing;"
                + " raise -m");
  }
}
