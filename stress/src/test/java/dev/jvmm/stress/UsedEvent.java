package dev.jvmm.stress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Used index against {@code used_event}: an interrupt that is never sent (virtio 1.2, 2.7.7.2). */
@JCStressTest
@Outcome(id = "false, false", expect = Expect.FORBIDDEN, desc = "Both sleep for ever.")
@Outcome(expect = Expect.ACCEPTABLE, desc = "At least one of them knows.")
@State
public class UsedEvent extends RingState {

  /** The state of one try. */
  public UsedEvent() {
    super(true);
  }

  /** The device: whether it interrupts. */
  @Actor
  public void device(ZZ_Result result) {
    result.r1 = deviceCompletes();
  }

  /** The driver: whether it sees the request come back. */
  @Actor
  public void driver(ZZ_Result result) {
    result.r2 = driverAllowsInterrupts(true);
  }
}
