package dev.jvmm.virtio.pci;

import dev.jvmm.core.event.Signal;
import org.jspecify.annotations.Nullable;

/**
 * The MSI-X vectors of a function.
 *
 * <p>Thread: safe, from any thread; never waits and never calls the device.
 */
public interface Messages {

  /** A function without MSI-X. */
  Messages NONE =
      new Messages() {
        @Override
        public boolean enabled() {
          return false;
        }

        @Override
        public int vectors() {
          return 0;
        }

        @Override
        public void fire(int vector) {
          // there is none
        }

        @Override
        public @Nullable Signal direct(int vector) {
          return null;
        }

        @Override
        public void change(Runnable change) {
          change.run();
        }

        @Override
        public void whenChanged(Runnable listener) {
          // they never are
        }
      };

  /** Whether the guest has switched MSI-X on; if not, its interrupt pin is what it listens to. */
  boolean enabled();

  /** How many vectors there are. */
  int vectors();

  /** Sends the message of a vector that is there. */
  void fire(int vector);

  /**
   * What does the same as {@link #fire} when it is signalled, by whomever; {@code null} where
   * nothing does, or the vector has to be held back.
   */
  @Nullable Signal direct(int vector);

  /** Runs {@code change} while no answer of {@link #direct} changes. */
  void change(Runnable change);

  /**
   * Has {@code listener} run when answers of {@link #direct} have changed, and before they change
   * again: on the guest's own thread, which goes on only after that.
   */
  void whenChanged(Runnable listener);
}
