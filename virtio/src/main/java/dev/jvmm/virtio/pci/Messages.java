package dev.jvmm.virtio.pci;

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
      };

  /** Whether the guest has switched MSI-X on; if not, its interrupt pin is what it listens to. */
  boolean enabled();

  /** How many vectors there are. */
  int vectors();

  /** Sends the message of a vector that is there. */
  void fire(int vector);
}
