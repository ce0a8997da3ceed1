package dev.jvmm.core.irq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SharedLineTest {

  private final List<Boolean> levels = new ArrayList<>();
  private final SharedLine line = new SharedLine(levels::add);

  @Test
  void line_isHighWhileAnyOwnerHoldsIt() {
    IrqLine first = line.newOwner();
    IrqLine second = line.newOwner();

    first.set(true);
    second.set(true);
    first.set(false);
    first.set(false);
    second.set(false);

    assertThat(levels).containsExactly(true, false);
  }

  @Test
  void set_ofTheSameLevelReachesNoController() {
    IrqLine owner = line.newOwner();

    owner.set(false);
    owner.set(true);
    owner.set(true);

    assertThat(levels).containsExactly(true);
  }
}
