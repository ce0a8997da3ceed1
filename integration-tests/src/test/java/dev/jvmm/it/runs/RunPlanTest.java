package dev.jvmm.it.runs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.it.FirstLevel;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunPlanTest {

  @FirstLevel(seconds = 100)
  private static final class Slow {}

  @FirstLevel(seconds = 60)
  private static final class Medium {}

  @FirstLevel(seconds = 40)
  private static final class Quick {}

  @FirstLevel(seconds = 10, cpus = 2)
  private static final class TwoCpus {}

  @FirstLevel(seconds = 10, raw = "64M")
  private static final class WithDisk {}

  private static final class Silent {}

  @Test
  void classes_shareARunUpToItsTime() {
    assertThat(RunPlan.of(List.of(Quick.class, Medium.class, Slow.class)))
        .extracting(RunPlan::classes)
        .containsExactly(
            List.of(Slow.class.getName(), Quick.class.getName()), List.of(Medium.class.getName()));
  }

  @Test
  void classes_thatAskForOtherMachinesAreApart() {
    assertThat(RunPlan.of(List.of(Quick.class, TwoCpus.class, WithDisk.class)))
        .extracting(plan -> plan.request().cpus() + plan.request().raw())
        .containsExactly("1", "2", "164M");
  }

  @Test
  void class_thatAsksForNothingGetsTheDefaults() {
    assertThat(RunPlan.of(List.of(Silent.class)))
        .singleElement()
        .satisfies(plan -> assertThat(plan.seconds()).isEqualTo(30))
        .satisfies(plan -> assertThat(plan.request().memory()).isEqualTo("4G"));
  }
}
