package dev.jvmm.stress;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.runners.ForkedTestConfig;
import org.openjdk.jcstress.infra.runners.Runner;
import org.openjdk.jcstress.infra.runners.SpinLoopStyle;

/**
 * Runs races by the classes that jcstress has written, in this JVM. Its own main class would start
 * two dozen others before, to find out what they can do.
 *
 * <p>Thread: its own process.
 */
final class Races {

  /** What a race comes to, for its line of the output. */
  static final String BOTH_SLEPT = " both slept";

  static final String ONE_KNEW = " one knew";

  private static final int PIECE_MILLIS = 500;
  private static final int FOOTPRINT_MIB = 128;
  private static final int STRIDE_SIZE = 256;
  private static final int STRIDE_COUNT = 40;

  private Races() {}

  /** The milliseconds for each race, then its names; a race ends as soon as both have slept. */
  public static void main(String[] args) throws Exception {
    for (int i = 1; i < args.length; i++) {
      System.out.println(args[i] + race(args[i], Integer.parseInt(args[0])));
    }
  }

  private static String race(String name, int millis) throws Exception {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    do {
      TestResult result = piece(name);
      if (result.status() != Status.NORMAL || result.getTotalCount() == 0) {
        return " " + result.status() + " " + result.getMessages();
      }
      if (result.getCount("false, false") > 0) {
        return BOTH_SLEPT;
      }
    } while (System.nanoTime() - end < 0);
    return ONE_KNEW;
  }

  private static TestResult piece(String name) throws Exception {
    String runner = Races.class.getPackageName() + "." + name + "_jcstress";
    return Class.forName(runner)
        .asSubclass(Runner.class)
        .getConstructor(ForkedTestConfig.class)
        .newInstance(config(runner))
        .run();
  }

  /** In the form in which jcstress hands it to its own processes. */
  private static ForkedTestConfig config(String runner) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(List.of(SpinLoopStyle.values()).indexOf(SpinLoopStyle.THREAD_YIELD));
      out.writeInt(PIECE_MILLIS);
      out.writeInt(1); // one piece
      out.writeUTF(runner);
      out.writeInt(FOOTPRINT_MIB);
      out.writeInt(STRIDE_SIZE);
      out.writeInt(STRIDE_COUNT);
      out.writeBoolean(false); // threads are not bound to processors
      out.writeInt(0);
    }
    return new ForkedTestConfig(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
  }
}
