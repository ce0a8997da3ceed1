package dev.jvmm.vhost;

import dev.jvmm.core.vm.Spelling;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a user says of a TAP network.
 *
 * <p>Thread: immutable.
 *
 * @param source where its descriptors come from
 * @param header whether frames carry a header with offloads, which is much faster
 * @param sendBufferBytes how much may be under way into the host; 0: as much as there is
 * @param kernel whether the host's kernel moves the frames
 * @param asked how the user said it, for messages
 */
public record TapConfig(
    Source source, boolean header, int sendBufferBytes, Kernel kernel, Spelling asked) {

  /** Our own loop moves the frames. */
  public TapConfig(Source source, boolean header, int sendBufferBytes, Spelling asked) {
    this(source, header, sendBufferBytes, Kernel.UNUSED, asked);
  }

  /**
   * Whether the host's kernel moves the frames (vhost-net).
   *
   * @param wanted whether it shall
   * @param required whether the user is refused if it can't; if not, our own loop does
   * @param descriptors open {@code /dev/vhost-net}, by number, one for each queue; empty: they are
   *     opened
   */
  public record Kernel(boolean wanted, boolean required, List<Integer> descriptors) {

    /** It shall not. */
    public static final Kernel UNUSED = new Kernel(false, false, List.of());

    /** Copies the list. */
    public Kernel {
      descriptors = List.copyOf(descriptors);
    }
  }

  /** Where the descriptors of a TAP interface come from. */
  public sealed interface Source permits Interface, Inherited, Helper {

    /** How many queues it has. */
    int queues();
  }

  /**
   * An interface that is opened by name, and made where there is none.
   *
   * @param name its name; {@code null}: the first free one of tap0, tap1 and so on
   * @param queues how many queues it has
   * @param setup what is done to it when it is there
   */
  public record Interface(@Nullable String name, int queues, Setup setup) implements Source {}

  /**
   * Descriptors that are open already, a queue each.
   *
   * @param numbers the host's numbers for them
   */
  public record Inherited(List<Integer> numbers) implements Source {

    /** Copies the list. */
    public Inherited {
      numbers = List.copyOf(numbers);
    }

    @Override
    public int queues() {
      return numbers.size();
    }
  }

  /**
   * A port of a bridge that another program makes, which may do what we may not.
   *
   * @param program its path
   * @param bridge the bridge's name
   */
  public record Helper(String program, String bridge) implements Source {

    /** Where QEMU's packages have it. */
    public static final String USUAL_PROGRAM = "/usr/lib/qemu/qemu-bridge-helper";

    /** The bridge that nobody needs to name. */
    public static final String USUAL_BRIDGE = "br0";

    /** The usual program's port of a bridge. */
    public Helper(String bridge) {
      this(USUAL_PROGRAM, bridge);
    }

    @Override
    public int queues() {
      return 1;
    }
  }

  /** What is done to an interface once it is open. */
  public sealed interface Setup permits Own, Bridge, Scripts, Nothing {}

  /** One that was made gets an address of its own, and its guests theirs by DHCP. */
  public record Own() implements Setup {}

  /**
   * It becomes a port of a bridge.
   *
   * @param name the bridge's
   */
  public record Bridge(String name) implements Setup {}

  /**
   * A program is run with its name for an argument.
   *
   * @param up run once it is open; null: none
   * @param down run before it is closed; null: none
   */
  public record Scripts(@Nullable String up, @Nullable String down) implements Setup {}

  /** The user does it. */
  public record Nothing() implements Setup {}

  /** How many queues it has. */
  public int queues() {
    return source.queues();
  }
}
