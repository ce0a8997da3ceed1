package dev.jvmm.vcpu.cpuid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.vm.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SmpRequestTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1                               | 1 | 1 | 1 | 1 | 1",
        "4                               | 4 | 1 | 4 | 1 | 4",
        "cpus=4                          | 4 | 1 | 4 | 1 | 4",
        "4,maxcpus=8                     | 4 | 1 | 8 | 1 | 8",
        "8,sockets=2                     | 8 | 2 | 4 | 1 | 8",
        "8,threads=2                     | 8 | 1 | 4 | 2 | 8",
        "8,sockets=2,threads=2           | 8 | 2 | 2 | 2 | 8",
        "8,cores=2                       | 8 | 4 | 2 | 1 | 8",
        "8,cores=2,threads=2             | 8 | 2 | 2 | 2 | 8",
        "8,sockets=2,cores=2             | 8 | 2 | 2 | 2 | 8",
        "sockets=2,cores=3,threads=2     | 12 | 2 | 3 | 2 | 12",
        "sockets=2                       | 2 | 2 | 1 | 1 | 2",
        "maxcpus=6                       | 6 | 1 | 6 | 1 | 6",
        "2,sockets=1,dies=1,clusters=1   | 2 | 1 | 2 | 1 | 2",
      })
  void topology_isWhatQemuDerives(
      String text, int cpus, int sockets, int cores, int threads, int maxCpus) {
    assertThat(SmpRequest.parse(text).topology())
        .isEqualTo(new CpuTopology(cpus, sockets, cores, threads, maxCpus));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | smp 0: cpus must be 1 or more",
        "-1 | smp -1: cpus must be 1 or more",
        "four | smp four: cpus takes a number of CPUs",
        "4,cors=2 | smp 4,cors=2: no property cors; did you mean cores?",
        "4,2 | smp 4,2: no property 2",
        "4,sockets= | smp 4,sockets=: sockets takes a number of CPUs",
        "4,sockets=0 | smp 4,sockets=0: sockets must be 1 or more",
        "4,dies=2 | smp 4,dies=2: this machine has no dies",
        "99999999999 | smp 99999999999: cpus takes a number of CPUs",
      })
  void parse_refusesWithOneSentence(String text, String sentence) {
    assertThatThrownBy(() -> SmpRequest.parse(text))
        .isInstanceOf(ConfigException.class)
        .hasMessage(sentence);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "7,sockets=2 |"
            + " smp sockets=2,cores=3,threads=1: the product is 6 but maxcpus is 7; leave one out",
        "2,sockets=4 |"
            + " smp sockets=4,cores=1,threads=1: the product is 4 but maxcpus is 2; leave one out",
        "8,maxcpus=4 | smp cpus=8,maxcpus=4: maxcpus must be cpus or more",
        "sockets=2000000000,cores=2000000000,threads=2000000000 |"
            + " smp cpus=65537: must be 65536 or less",
      })
  void topology_refusesWithOneSentence(String text, String sentence) {
    assertThatThrownBy(() -> SmpRequest.parse(text).topology())
        .isInstanceOf(ConfigException.class)
        .hasMessage(sentence);
  }

  @Test
  void topology_ofNothingSaidIsOneCpu() {
    assertThat(new SmpRequest(0, 0, 0, 0, 0).topology()).isEqualTo(CpuTopology.of(1));
  }
}
