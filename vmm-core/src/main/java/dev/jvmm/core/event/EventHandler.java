package dev.jvmm.core.event;

/** What an {@link EventLoop} calls when a file descriptor is ready. */
@FunctionalInterface
public interface EventHandler {

  /**
   * Handles readiness; called on the loop's thread, again and again while the descriptor stays
   * ready (level-triggered). It does a bounded piece of work and returns: other descriptors wait.
   *
   * @param events a sum of {@link EventLoop#READ}, {@link EventLoop#WRITE} and {@link
   *     EventLoop#HANGUP}
   */
  void ready(int events);
}
