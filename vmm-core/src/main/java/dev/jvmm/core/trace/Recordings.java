package dev.jvmm.core.trace;

import java.util.concurrent.atomic.AtomicBoolean;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;

/**
 * Whether a flight recording runs in this JVM (JDK Flight Recorder). The makers of events ask
 * before they make one, so that without a recording no class of an event is ever loaded, nothing is
 * allocated, and what is left is the look at one field.
 *
 * <p>The recorder says by itself when recordings come and go, once it is followed; to begin with
 * that takes a millisecond, which no guest waits for unless there is a recording already.
 *
 * <p>Thread: safe.
 */
public final class Recordings {

  private static volatile boolean on;
  private static final AtomicBoolean FOLLOWED = new AtomicBoolean();

  private Recordings() {}

  /** Whether at least one recording runs; costs nothing. */
  public static boolean on() {
    return on;
  }

  /** Follows the recorder if it has recorded something: before the guest runs. */
  public static void followBeginning() {
    if (!FOLLOWED.get() && FlightRecorder.isInitialized()) {
      follow();
    }
  }

  /** Follows the recorder from now on, once a process: when nobody waits. */
  public static void follow() {
    if (!FOLLOWED.getAndSet(true) && FlightRecorder.isAvailable()) {
      FlightRecorder.addListener(new Follower());
    }
  }

  /** Told by the recorder, on the thread that changes something. */
  private static final class Follower implements FlightRecorderListener {

    @Override
    public void recorderInitialized(FlightRecorder recorder) {
      look(recorder);
    }

    @Override
    public void recordingStateChanged(Recording recording) {
      look(FlightRecorder.getFlightRecorder());
    }

    private static void look(FlightRecorder recorder) {
      on =
          recorder.getRecordings().stream()
              .anyMatch(recording -> recording.getState() == RecordingState.RUNNING);
    }
  }
}
