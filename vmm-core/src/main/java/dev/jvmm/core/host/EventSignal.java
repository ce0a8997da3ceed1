package dev.jvmm.core.host;

import dev.jvmm.core.event.Signal;
import dev.jvmm.linux.EventFd;

/**
 * A signal that the kernel can give and hear: an eventfd.
 *
 * <p>Thread: safe, as {@link EventFd} is; who closes it makes sure that nobody signals any more.
 */
public final class EventSignal implements Signal, AutoCloseable {

  private final EventFd event = EventFd.create();

  /** One that has not been signalled. */
  public EventSignal() {}

  @Override
  public void signal() {
    event.signal();
  }

  /** What the kernel is told of. */
  @SuppressWarnings("exports") // for modules that read dev.jvmm.linux
  public EventFd event() {
    return event;
  }

  @Override
  public void close() {
    event.close();
  }
}
