package dev.jvmm.virtio.pci;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.virtio.device.FakeCarrier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What carriers are told of the driver's choice of vectors, and of what becomes of those. */
class CarriedInterruptsTest {

  private final PciDriver driver = new PciDriver();
  private final FakeCarrier first = new FakeCarrier();
  private final FakeCarrier second = new FakeCarrier();

  @BeforeEach
  void tell() {
    driver.interrupts.tell(0, first);
    driver.interrupts.tell(1, second);
    driver.byMessage = true;
    driver.changed.run();
  }

  private void vector(int queue, int vector) {
    driver.put(PciDriver.QUEUE_SELECT, 2, queue);
    driver.put(PciDriver.QUEUE_VECTOR, 2, vector);
  }

  private void fire(FakeCarrier carrier) {
    assertThat(carrier.direct).isNotNull();
    if (carrier.direct != null) {
      carrier.direct.signal();
    }
  }

  @Test
  void vectorOfAQueue_isWhatItsCarrierInterruptsBy() {
    assertThat(first.direct).isNull();
    vector(0, 2);
    fire(first);
    assertThat(driver.fired).containsExactly(2);
    assertThat(second.direct).isNull();
    vector(0, 1);
    fire(first);
    assertThat(driver.fired).containsExactly(2, 1);
  }

  @Test
  void vectorThatIsNotThere_interruptsNobody() {
    vector(0, 1);
    vector(0, PciDriver.VECTORS);
    assertThat(first.direct).isNull();
    vector(0, 1);
    vector(0, VirtioPciInterrupts.NO_VECTOR);
    assertThat(first.direct).isNull();
  }

  @Test
  void maskedVector_isLeftToUs() {
    vector(0, 1);
    vector(1, 2);
    driver.masked.add(1);
    driver.changed.run();
    assertThat(first.direct).isNull();
    fire(second);
    driver.masked.clear();
    driver.changed.run();
    fire(first);
    assertThat(driver.fired).containsExactly(2, 1);
  }

  @Test
  void withoutMessages_nothingIsDirect() {
    vector(0, 1);
    driver.byMessage = false;
    driver.changed.run();
    assertThat(first.direct).isNull();
  }

  @Test
  void reset_takesEveryVectorAway() {
    vector(0, 1);
    vector(1, 2);
    driver.put(PciDriver.STATUS, 1, 0);
    assertThat(first.direct).isNull();
    assertThat(second.direct).isNull();
  }
}
