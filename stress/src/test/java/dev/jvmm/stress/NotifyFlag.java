package dev.jvmm.stress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Available index against the device's flags: a request nobody looks at (virtio 1.2, 2.7.10). */
@JCStressTest
@Outcome(id = "false, false", expect = Expect.FORBIDDEN, desc = "Both sleep for ever.")
@Outcome(expect = Expect.ACCEPTABLE, desc = "At least one of them knows.")
@State
public class NotifyFlag extends RingState {

  /** The state of one try. */
  public NotifyFlag() {
    super(false);
  }

  /** The device: whether it sees the request. */
  @Actor
  public void device(ZZ_Result result) {
    result.r1 = deviceAllowsNotifications();
  }

  /** The driver: whether it notifies. */
  @Actor
  public void driver(ZZ_Result result) {
    result.r2 = driverPublishes(false);
  }
}
