package dev.jvmm.block;

import dev.jvmm.core.text.Suggestion;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.linux.Errno;
import java.util.List;

/**
 * {@code rerror=} and {@code werror=}: what becomes of a request that the host failed.
 *
 * <p>Thread: immutable.
 *
 * @param onRead for reads
 * @param onWrite for everything else
 */
public record ErrorPolicy(OnError onRead, OnError onWrite) {

  /** The choices of the options. */
  public enum OnError {
    /** The guest is told. */
    REPORT,
    /** The guest is told that all went well. */
    IGNORE,
    /** The machine stops; the request is tried again when it goes on. */
    STOP,
    /** {@link #STOP} where the host's disk is full, else {@link #REPORT}. */
    ENOSPC
  }

  /** What a device does with one failed request. */
  public enum Action {
    REPORT,
    IGNORE,
    /** Keep the request, stop the machine, submit the request again when it resumes. */
    STOP
  }

  /** QEMU's: a full host disk stops the machine, other errors go to the guest. */
  public static final ErrorPolicy DEFAULT = new ErrorPolicy(OnError.REPORT, OnError.ENOSPC);

  private static final List<String> READ_NAMES = List.of("report", "ignore", "stop", "auto");
  private static final List<String> WRITE_NAMES =
      List.of("report", "ignore", "stop", "enospc", "auto");

  /** Refuses a full disk as a reason for which a read could fail. */
  public ErrorPolicy {
    if (onRead == OnError.ENOSPC) {
      throw new IllegalArgumentException("a read that finds the disk full");
    }
  }

  /**
   * The policy of the two options' words, or a sentence.
   *
   * @param rerror {@code auto} is {@code report}
   * @param werror {@code auto} is {@code enospc}
   */
  public static ErrorPolicy of(String rerror, String werror) {
    return new ErrorPolicy(
        parse("rerror", rerror, READ_NAMES, OnError.REPORT),
        parse("werror", werror, WRITE_NAMES, OnError.ENOSPC));
  }

  private static OnError parse(String option, String name, List<String> names, OnError auto) {
    if (!names.contains(name)) {
      throw new ConfigException(
          "drive",
          "%s=%s: not one of %s%s"
              .formatted(option, name, String.join(", ", names), Suggestion.ending(name, names)));
    }
    return name.equals("auto") ? auto : OptionNames.parse(OnError.class, option, name);
  }

  /** What to do about a request that failed with {@code errno}. */
  public Action decide(BlockOperation operation, int errno) {
    return switch (operation.isRead() ? onRead : onWrite) {
      case REPORT -> Action.REPORT;
      case IGNORE -> Action.IGNORE;
      case STOP -> Action.STOP;
      case ENOSPC -> errno == Errno.ENOSPC ? Action.STOP : Action.REPORT;
    };
  }
}
