package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.vm.ExitStatus;
import dev.jvmm.it.guest.DiskImage;
import dev.jvmm.it.guest.Fio;
import dev.jvmm.it.guest.Guest;
import dev.jvmm.it.guest.GuestFiles;
import dev.jvmm.it.guest.KernelLog;
import dev.jvmm.machine.MachineBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks as Linux uses them: many in one guest, since a boot is what takes the time. */
@Tag("linux")
@FirstLevel(seconds = 100)
class BlockLinuxTest {

  private static final long MIB = 1 << 20;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int FILES = 8;
  private static final int CPUS = 4;
  private static final int EVENT_IDX = 29; // virtio 1.2, 6.3

  @TempDir private Path folder;

  /** A machine to which disks are added. */
  private record Disks(MachineBuilder machine, String device, Path folder, List<String> names) {

    static Disks of(MachineBuilder machine, String device, Path folder) {
      machine.object("iothread,id=t");
      machine.drive(GuestFiles.tools().drive("readonly=on")).device(device + ",drive=tools");
      return new Disks(machine, device, folder, new ArrayList<>());
    }

    DiskImage add(String name, int mib, String drive, String properties) throws IOException {
      DiskImage image = DiskImage.sparse(folder, name, mib * MIB);
      machine.drive(image.drive(drive)).device(device + ",drive=" + name + properties);
      names.add(name);
      return image;
    }

    /** A disk for each number of queues, served by either thread, with and without EVENT_IDX. */
    void addOneOfEachKind() throws IOException {
      for (int queues : new int[] {1, 2, CPUS}) {
        for (String thread : List.of("", ",iothread=t")) {
          for (String events : List.of("on", "off")) {
            add(
                "q%d%s%s".formatted(queues, thread.isEmpty() ? "" : "t", events),
                8,
                "",
                ",num-queues=" + queues + thread + ",event_idx=" + events);
          }
        }
      }
    }
  }

  @Test
  void pc_hasDisks() throws IOException, NoSuchAlgorithmException {
    disks_serve(Disks.of(Guest.pc().cpus(CPUS), "virtio-blk-pci", folder), "virtio_pci");
  }

  @Test
  void microvm_hasDisks() throws IOException, NoSuchAlgorithmException {
    disks_serve(Disks.of(Guest.microvm().cpus(CPUS), "virtio-blk-device", folder), "virtio_mmio");
  }

  private void disks_serve(Disks disks, String transport)
      throws IOException, NoSuchAlgorithmException {
    disks.addOneOfEachKind();
    disks.add("large-blocks", 8, "", ",logical_block_size=4096,physical_block_size=4096");
    List<String> verified = List.copyOf(disks.names());
    DiskImage files = disks.add("files", 128, "", "");
    DiskImage holes = disks.add("holes", 32, "discard=unmap", "");
    DiskImage keeps = disks.add("keeps", 32, "discard=ignore", "");
    String sums;
    try (Guest guest = Guest.boot(disks.machine())) {
      guest.run("load " + transport + " virtio_blk; tools");
      checkProperties(guest);
      sums = writeFiles(guest);
      assertThat(leftByDiscard(guest, holes)).isLessThan(MIB);
      assertThat(leftByDiscard(guest, keeps)).isGreaterThanOrEqualTo(16 * MIB);
      checkReadOnly(guest);
      Fio.verify(guest, verified);
      assertThat(KernelLog.complaints(guest)).isEmpty();
      assertThat(guest.powerOff().reason()).isEqualTo(ExitStatus.Reason.GUEST_SHUTDOWN);
    }
    files.checkClean();
    Path copies = Files.createDirectory(folder.resolve("copies"));
    files.dump(copies);
    assertThat(sums(copies)).isEqualTo(sums);
  }

  private static void checkProperties(Guest guest) {
    assertThat(guest.run("cd /sys/block; for q in 1 2 4; do ls $(disk q${q}on)/mq | wc -l; done"))
        .isEqualTo("1\n2\n4");
    assertThat(
            guest.run(
                "for d in q1on q1off; do cut -c%d $(disk $d)/device/features; done"
                    .formatted(EVENT_IDX + 1)))
        .isEqualTo("1\n0");
    assertThat(
            guest.run("for d in large-blocks files; do cat $(disk $d)/queue/*l_block_size; done"))
        .isEqualTo("4096\n4096\n512\n512");
    assertThat(guest.run("cat $(disk tools)/ro")).isEqualTo("1");
    assertThat(
            guest.run(
                "cd $(disk keeps); cat cache_type; echo write through >cache_type;"
                    + " cat cache_type queue/write_cache; cd /"))
        .isEqualTo("write back\nwrite through\nwrite through");
  }

  private static String writeFiles(Guest guest) {
    guest.run("mkfs.ext4 -q /dev/$(disk files) && mount /dev/$(disk files) /mnt", PATIENCE);
    guest.run(
        "for i in $(seq "
            + FILES
            + "); do"
            + " dd if=/dev/urandom of=/mnt/$i bs=1M count=8 2>/dev/null || break; done",
        PATIENCE);
    String sums = guest.run("cd /mnt; md5sum $(seq " + FILES + "); cd /", PATIENCE);
    guest.run("umount /mnt", PATIENCE);
    return sums;
  }

  private static String sums(Path folder) throws IOException, NoSuchAlgorithmException {
    List<String> lines = new ArrayList<>();
    for (int file = 1; file <= FILES; file++) {
      byte[] content = Files.readAllBytes(folder.resolve(Integer.toString(file)));
      byte[] sum = MessageDigest.getInstance("MD5").digest(content);
      lines.add(HexFormat.of().formatHex(sum) + "  " + file);
    }
    return String.join("\n", lines);
  }

  /** Has the guest write and discard; answers what the image takes of the host's space then. */
  private static long leftByDiscard(Guest guest, DiskImage image) throws IOException {
    String device = "/dev/$(disk " + image.name() + ")";
    guest.run("dd if=/dev/urandom of=" + device + " bs=1M count=16 conv=fsync 2>&1", PATIENCE);
    assertThat(image.allocatedBytes()).isGreaterThanOrEqualTo(16 * MIB);
    guest.run("blkdiscard " + device);
    return image.allocatedBytes();
  }

  private static void checkReadOnly(Guest guest) {
    guest.run("! dd if=/dev/zero of=/dev/$(disk tools) count=1 2>/dev/null");
  }

  /** Several disks on one line, with several queues each. */
  @Test
  void withoutMessages_thePinInterrupts() throws IOException {
    MachineBuilder machine = Guest.pc().cpus(CPUS).append(Guest.COMMAND_LINE + " pci=nomsi");
    Disks disks = Disks.of(machine, "virtio-blk-pci", folder);
    disks.addOneOfEachKind();
    try (Guest guest = Guest.boot(machine)) {
      guest.run("load virtio_pci virtio_blk; tools");
      Fio.verify(guest, disks.names());
      assertThat(guest.run("grep virtio /proc/interrupts")).contains("IO-APIC");
      assertThat(guest.run("grep -c MSI /proc/interrupts || true")).isEqualTo("0");
      assertThat(KernelLog.complaints(guest)).isEmpty();
    }
  }
}
