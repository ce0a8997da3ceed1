package dev.jvmm.virtio.console;

import dev.jvmm.core.chardev.WindowSize;

/**
 * What is true of a port between DRIVER_OK and the next reset.
 *
 * <p>Thread: confined to the event loop, once made.
 */
final class PortSession {

  private final Announcements announcements;
  private final Runnable tell;
  private boolean guestOpen;

  /**
   * A session at its start.
   *
   * @param guestOpen whether the guest reads the port without saying so first
   * @param tell has the driver told what there is to tell
   */
  PortSession(Announcements announcements, boolean guestOpen, Runnable tell) {
    this.announcements = announcements;
    this.guestOpen = guestOpen;
    this.tell = tell;
  }

  /** Whether the guest reads the port; while it does not, the host's bytes wait. */
  boolean guestOpen() {
    return guestOpen;
  }

  void guestOpen(boolean open) {
    guestOpen = open;
  }

  Announcements announcements() {
    return announcements;
  }

  void hostOpen(boolean open) {
    announcements.hostOpen(open);
    tell.run();
  }

  void size(WindowSize size) {
    announcements.size(size);
    tell.run();
  }
}
