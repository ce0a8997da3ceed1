package dev.jvmm.stress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Available index against {@code avail_event}: a request nobody looks at (virtio 1.2, 2.7.10). */
@JCStressTest
@Outcome(id = "false, false", expect = Expect.FORBIDDEN, desc = "Both sleep for ever.")
@Outcome(expect = Expect.ACCEPTABLE, desc = "At least one of them knows.")
@State
public class AvailEvent extends RingState {

  /** The state of one try. */
  public AvailEvent() {
    super(true);
  }

  /** The device: whether it sees the request. */
  @Actor
  public void device(ZZ_Result result) {
    result.r1 = deviceAllowsNotifications();
  }

  /** The driver: whether it notifies. */
  @Actor
  public void driver(ZZ_Result result) {
    result.r2 = driverPublishes(true);
  }
}
