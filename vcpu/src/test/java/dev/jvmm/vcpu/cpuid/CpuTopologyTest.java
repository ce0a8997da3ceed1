package dev.jvmm.vcpu.cpuid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.vm.ConfigException;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class CpuTopologyTest {

  @Test
  void of_isOneSocketOfCores() {
    assertThat(CpuTopology.of(4)).isEqualTo(new CpuTopology(4, 1, 4, 1, 4));
  }

  @Test
  void apicIds_followCpuNumbersWhenCountsArePowersOfTwo() {
    assertThat(new CpuTopology(8, 2, 2, 2, 8).apicIds()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
  }

  @Test
  void apicIds_haveGapsWhenCountsAreNoPowersOfTwo() {
    assertThat(new CpuTopology(12, 2, 3, 2, 12).apicIds())
        .containsExactly(0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13);
  }

  @Test
  void possibleApicIds_beginWithThoseOfPowerOn() {
    CpuTopology topology = new CpuTopology(2, 1, 4, 1, 4);

    assertThat(topology.apicIds()).containsExactly(0, 1);
    assertThat(topology.possibleApicIds()).containsExactly(0, 1, 2, 3);
    assertThat(topology.maxApicId()).isEqualTo(3);
  }

  @RepeatedTest(200)
  void apicIds_areUniqueAndWithinTheirFields(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    int sockets = 1 + random.nextInt(5);
    int cores = 1 + random.nextInt(20);
    int threads = 1 + random.nextInt(4);
    int all = sockets * cores * threads;
    CpuTopology topology = new CpuTopology(1 + random.nextInt(all), sockets, cores, threads, all);

    Set<Integer> seen = new HashSet<>();
    for (int id : topology.possibleApicIds()) {
      assertThat(seen.add(id)).as("%s: id %d", topology, id).isTrue();
      assertThat(id).isBetween(0, topology.maxApicId());
      assertThat(id & ((1 << topology.threadBits()) - 1)).isLessThan(threads);
      assertThat((id >> topology.threadBits()) & ((1 << topology.coreBits()) - 1))
          .isLessThan(cores);
      assertThat(id >> topology.packageBits()).isLessThan(sockets);
    }
    assertThat(seen).hasSize(all);
  }

  @Test
  void constructor_refusesAProductThatIsNotTheMaximum() {
    assertThatThrownBy(() -> new CpuTopology(8, 3, 2, 1, 8))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "smp sockets=3,cores=2,threads=1: the product is 6 but maxcpus is 8; leave one out");
  }

  @Test
  void constructor_refusesMoreCpusThanThereCanBe() {
    assertThatThrownBy(() -> new CpuTopology(8, 1, 4, 1, 4))
        .hasMessage("smp cpus=8,maxcpus=4: maxcpus must be cpus or more");
  }

  @Test
  void constructor_refusesCountsThatDoNotFitAnInt() {
    assertThatThrownBy(() -> new CpuTopology(1, 1 << 30, 1 << 30, 1 << 30, 1))
        .hasMessage("smp sockets=1073741824: must be 65536 or less");
    assertThatThrownBy(() -> new CpuTopology(0, 1, 1, 1, 1))
        .hasMessage("smp cpus=0: must be 1 or more");
  }

  @Test
  void checkHost_refusesMoreCpusThanKvmTakes() {
    CpuTopology topology = CpuTopology.of(5000);

    assertThatThrownBy(() -> topology.checkHost(1024, 4096))
        .isInstanceOf(ConfigException.class)
        .hasMessage("smp 5000: this host's KVM takes at most 1024 CPUs a machine");
  }

  @Test
  void checkHost_refusesApicIdsBeyondKvms() {
    CpuTopology topology = new CpuTopology(3 * 33, 3, 33, 1, 3 * 33);

    assertThatThrownBy(() -> topology.checkHost(1024, 160))
        .hasMessage(
            "smp sockets=3,cores=33,threads=1: needs APIC id 160, but this host's KVM ends at 159;"
                + " use counts that are powers of two, or fewer CPUs");
    topology.checkHost(99, 161);
  }

  @Test
  void apicId_ofACpuThatCanNotBeThrows() {
    assertThatThrownBy(() -> CpuTopology.of(2).apicId(2))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
