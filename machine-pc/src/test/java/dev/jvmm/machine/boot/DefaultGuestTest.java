package dev.jvmm.machine.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.vcpu.EntryState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DefaultGuestTest {

  private static final String RELEASE = "6.10.3-test";
  private static final byte[] CODE = {1, 2, 3};

  @TempDir Path root;

  @BeforeEach
  void installKernelAndBusybox() throws IOException {
    Files.createDirectories(root.resolve("boot"));
    Files.createDirectories(root.resolve("bin"));
    Files.createDirectories(modules().resolve("k"));
    Files.write(
        root.resolve("boot/vmlinuz-foo"),
        new BzImageFile(0x20F).u16(0x20E, 0x100).text(0x300, RELEASE + " (x)").bytes());
    busybox(new ElfBuilder(true).load(0x400000, CODE, 3));
  }

  private Path modules() {
    return root.resolve("lib/modules").resolve(RELEASE);
  }

  private void busybox(ElfBuilder file) throws IOException {
    Files.write(root.resolve("bin/busybox"), file.bytes());
  }

  private DefaultGuest find(String... modules) {
    return DefaultGuest.find(root, List.of(modules), Map.of());
  }

  @Test
  void guest_hasBusyboxConsoleAndInit() {
    DefaultGuest guest = find();

    CpioReader entries = CpioReader.read(guest.initrd());
    assertThat(guest.kernel()).isEqualTo(root.resolve("boot/vmlinuz-foo"));
    assertThat(guest.commandLine("ttyS0")).contains("console=ttyS0").contains("quiet");
    assertThat(guest.announcement())
        .isEqualTo(
            "booting "
                + guest.kernel()
                + " with a built-in busybox initrd; give -kernel and -initrd to boot something"
                + " else");
    assertThat(entries.get("init").mode()).isEqualTo(0100755);
    assertThat(entries.get("init").text()).startsWith("#!/bin/sh\n");
    assertThat(entries.get("bin/busybox").mode()).isEqualTo(0100755);
    assertThat(entries.get("dev/console").mode()).isEqualTo(0020600);
    assertThat(entries.get("etc/modules").text()).isEmpty();
  }

  @Test
  void modules_comeInOrderOfTheirNeedsOnce() throws IOException {
    for (String name : List.of("ring", "virtio", "virtio_pci", "virtio-rng")) {
      Files.writeString(modules().resolve("k/" + name + ".ko"), name);
    }
    DepmodIndex.write(
        modules().resolve("modules.dep.bin"),
        Map.of(
            "ring", "k/ring.ko:",
            "virtio", "k/virtio.ko: k/ring.ko",
            "virtio_pci", "k/virtio_pci.ko: k/virtio.ko k/ring.ko",
            "virtio_rng", "k/virtio-rng.ko: k/virtio.ko k/ring.ko"));

    CpioReader entries =
        CpioReader.read(find("virtio_pci", "virtio-rng", "built_in", "virtio_").initrd());

    assertThat(entries.get("etc/modules").text())
        .isEqualTo("ring.ko\nvirtio.ko\nvirtio_pci.ko\nvirtio-rng.ko\n");
    assertThat(entries.get("lib/modules/virtio-rng.ko").text()).isEqualTo("virtio-rng");
  }

  /** Without the checksums, which no dependency names, ext4 refuses every mount. */
  @Test
  void disk_bringsItsFileSystem() throws IOException {
    Map<String, String> index = new HashMap<>();
    for (String name : List.of("virtio_blk", "crc32c_generic", "jbd2", "ext4")) {
      Files.writeString(modules().resolve("k/" + name + ".ko"), name);
      index.put(name, "k/" + name + ".ko:" + (name.equals("ext4") ? " k/jbd2.ko" : ""));
    }
    DepmodIndex.write(modules().resolve("modules.dep.bin"), index);

    CpioReader entries = CpioReader.read(find("virtio_blk").initrd());

    assertThat(entries.get("etc/modules").text())
        .isEqualTo("virtio_blk.ko\ncrc32c_generic.ko\njbd2.ko\next4.ko\n");
  }

  @Test
  void gzippedModule_isUnpackedHere() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write("module".getBytes(StandardCharsets.UTF_8));
    }
    Files.write(modules().resolve("k/a.ko.gz"), bytes.toByteArray());
    Files.writeString(modules().resolve("k/b.ko.xz"), "packed");
    DepmodIndex.write(
        modules().resolve("modules.dep.bin"), Map.of("a", "k/a.ko.gz:", "b", "k/b.ko.xz:"));

    CpioReader entries = CpioReader.read(find("a", "b").initrd());

    assertThat(entries.get("etc/modules").text()).isEqualTo("a.ko\nb.ko.xz\n");
    assertThat(entries.get("lib/modules/a.ko").text()).isEqualTo("module");
    assertThat(entries.get("lib/modules/b.ko.xz").text()).isEqualTo("packed");
  }

  @Test
  void damagedGzip_isASentence() throws IOException {
    Files.writeString(modules().resolve("k/a.ko.gz"), "not gzip");
    DepmodIndex.write(modules().resolve("modules.dep.bin"), Map.of("a", "k/a.ko.gz:"));

    assertThatThrownBy(() -> find("a"))
        .isInstanceOf(ConfigException.class)
        .hasMessageEndingWith("k/a.ko.gz can't be unpacked; install it anew");
  }

  @Test
  void damagedZstd_isASentence() throws IOException {
    Files.writeString(modules().resolve("k/a.ko.zst"), "not zstd");
    DepmodIndex.write(modules().resolve("modules.dep.bin"), Map.of("a", "k/a.ko.zst:"));

    assertThatThrownBy(() -> find("a"))
        .isInstanceOf(ConfigException.class)
        .hasMessageEndingWith("k/a.ko.zst can't be unpacked; install the command zstd");
  }

  @Test
  void zstdModule_isUnpackedByTheCommand() throws Exception {
    assumeThat(Files.isExecutable(Path.of("/usr/bin/zstd"))).isTrue();
    Path file = Files.writeString(modules().resolve("k/a.ko"), "module");
    assertThat(new ProcessBuilder("zstd", "-q", file.toString()).start().waitFor()).isZero();
    DepmodIndex.write(modules().resolve("modules.dep.bin"), Map.of("a", "k/a.ko.zst:"));

    CpioReader entries = CpioReader.read(find("a").initrd());

    assertThat(entries.get("lib/modules/a.ko").text()).isEqualTo("module");
  }

  @Test
  void damagedIndex_isNoIndex() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Path path = modules().resolve("modules.dep.bin");
    DepmodIndex.write(path, Map.of("virtio", "k/virtio.ko:", "vir", "k/vir.ko:"));
    Files.writeString(modules().resolve("k/virtio.ko"), "x");
    byte[] whole = Files.readAllBytes(path);
    for (int round = 0; round < 300; round++) {
      byte[] damaged = whole.clone();
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      Files.write(path, damaged);
      try (ModuleIndex index = ModuleIndex.open(path)) {
        assertThat(index == null ? "" : String.valueOf(index.find("virtio")))
            .as("seed %d round %d", seed, round)
            .hasSizeLessThan(100);
      }
    }
  }

  @Test
  void noBusybox_isASentence() throws IOException {
    Files.delete(root.resolve("bin/busybox"));

    assertThatThrownBy(this::find)
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "kernel not given, and there is no busybox for the built-in guest; install"
                + " busybox-static");
  }

  @Test
  void dynamicBusybox_isASentence() throws IOException {
    busybox(
        new ElfBuilder(true)
            .load(0x400000, CODE, 3)
            .part(new ElfBuilder.Part(ElfBuilder.PT_INTERP, 0, 0, CODE, 3)));

    assertThatThrownBy(this::find)
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "kernel not given, and "
                + root.resolve("bin/busybox")
                + " is not static, as the built-in guest needs it; install busybox-static");
  }

  @Test
  void busyboxThatIsReplacedBySmaller_isASentence() throws IOException {
    Payload initrd = find().initrd();
    Files.write(root.resolve("bin/busybox"), CODE);

    assertThatThrownBy(() -> CpioReader.bytes(initrd))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("has become shorter");
  }

  @Test
  void thisHost_hasWhatItsKernelNeeds() throws IOException {
    Map<String, String> environment = Map.of();
    assumeThat(Files.isReadable(Path.of("/usr/bin/busybox"))).isTrue();
    assumeThat(Files.isDirectory(Path.of("/lib/modules"))).isTrue();
    DefaultGuest guest = DefaultGuest.find(List.of("virtio_net"), environment);
    GuestRam ram = new GuestRam(128);
    try (BootImage image = BootImage.open(guest.kernel())) {
      BootModule initrd = new BootModule(guest.initrd(), "");

      EntryState state = image.load(ram.memory(), ram.request(guest.commandLine("ttyS0"), initrd));

      assertThat(state.mode()).isEqualTo(EntryState.Mode.LONG_64);
      assertThat(state.rip() & 0x1FFFFF).isEqualTo(0x200);
      assertThat(((LinuxBzImage) image).release())
          .isEqualTo(InstalledKernel.version(guest.kernel()));
      long initrdGpa = ram.u32(state.rsi() + 0x218);
      assertThat(ram.bytes(initrdGpa, 6)).asString(StandardCharsets.UTF_8).isEqualTo("070701");
    }
    assertThat(CpioReader.read(guest.initrd()).get("etc/modules").text())
        .containsSubsequence("virtio_ring.ko\n", "virtio.ko\n", "virtio_net.ko\n");
  }
}
