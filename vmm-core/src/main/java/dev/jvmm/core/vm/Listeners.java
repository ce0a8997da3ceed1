package dev.jvmm.core.vm;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Who is told of a machine's events.
 *
 * <p>Thread: safe.
 */
final class Listeners {

  private final List<Consumer<VmEvent>> listeners = new CopyOnWriteArrayList<>();
  private final List<EventStream> streams = new CopyOnWriteArrayList<>();

  Listeners() {}

  VirtualMachine.Subscription add(Consumer<VmEvent> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  EventStream stream() {
    EventStream stream = new EventStream(streams::remove);
    streams.add(stream);
    return stream;
  }

  /** Hands an event to the streams, which takes no time. */
  void offer(VmEvent event) {
    streams.forEach(stream -> stream.add(event));
  }

  boolean wantCalls() {
    return !listeners.isEmpty();
  }

  /** Calls the listeners, on the control thread. */
  void call(VmEvent event) {
    listeners.forEach(listener -> listener.accept(event));
  }

  /** No event comes any more. */
  void end() {
    streams.forEach(EventStream::end);
  }
}
