package dev.jvmm.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.machine.catalog.DeviceProperties;
import dev.jvmm.virtio.block.VirtioBlock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlockDevicesTest {

  private static final int CPUS = 3;
  private static final long CONFIG_WCE = 1 << 11; // virtio 1.2, 5.2.3

  /** The queues of a machine's first device. */
  private static int queues(MachineBuilder builder) {
    return model(builder).queues().size();
  }

  private static VirtioBlock model(MachineBuilder builder) {
    MachineConfig config = builder.noDefaults().config();
    try (IoThreads loops = new IoThreads(config, null);
        Disks disks = new Disks(config, loops)) {
      return new BlockDevices(disks, CPUS, new NoRequests())
          .make(DeviceProperties.of(config.devices().getFirst()));
    }
  }

  @Test
  void queues_areOneACpuOnPci_elseOne() {
    assertThat(queues(Machine.pc().drive("driver=null-co"))).isEqualTo(CPUS);
    assertThat(queues(Machine.microvm().drive("driver=null-co"))).isEqualTo(1);
    assertThat(queues(Machine.pc().global("virtio-blk-pci.num-queues=2").drive("driver=null-co")))
        .isEqualTo(2);
  }

  @Test
  void wishes_reachTheGuest() {
    VirtioBlock model =
        model(
            Machine.pc()
                .drive("driver=null-co,id=d,if=none")
                .device(
                    "virtio-blk-pci,drive=d,config-wce=off,min_io_size=64k,opt_io_size=1M,"
                        + "discard_granularity=8k,max-discard-sectors=0x800,"
                        + "max-write-zeroes-sectors=16,bootindex=1"));
    assertThat(model.features() & CONFIG_WCE).isZero();
    assertThat(model.config().read(26, 2)).isEqualTo(128); // min_io_size
    assertThat(model.config().read(28, 4)).isEqualTo(2048); // opt_io_size
    assertThat(model.config().read(36, 4)).isEqualTo(2048); // max_discard_sectors
    assertThat(model.config().read(44, 4)).isEqualTo(16); // discard_sector_alignment
    assertThat(model.config().read(48, 4)).isEqualTo(16); // max_write_zeroes_sectors
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "queue-size=3 | queue-size 3: give a power of two from 4 to 1024",
        "num-queues=0 | num-queues 0: give 1 to 1024",
        "logical_block_size=1000 | logical_block_size 1000: give a power of two from 512 to"
            + " 2097152",
        "logical_block_size=4k,physical_block_size=512 | logical_block_size 4096: larger than"
            + " physical_block_size=512; give that or less",
        "min_io_size=513 | min_io_size 513: give a multiple of logical_block_size=512, up to 65535"
            + " of them",
        "max-discard-sectors=0 | max-discard-sectors 0: give 1 to 4194304",
        "max-write-zeroes-sectors=5000000 | max-write-zeroes-sectors 5000000: give 1 to 4194304",
        "rerror=enospc | rerror is one of report, ignore, stop, auto",
      })
  void make_wrong_saysWhatAndWhatElse(String properties, String sentence) {
    MachineBuilder builder =
        Machine.pc()
            .drive("driver=null-co,id=d,if=none")
            .device("virtio-blk-pci,drive=d," + properties);
    assertThatThrownBy(() -> queues(builder))
        .isInstanceOf(ConfigException.class)
        .hasMessage("device virtio-blk-pci,drive=d," + properties + ": " + sentence);
  }
}
