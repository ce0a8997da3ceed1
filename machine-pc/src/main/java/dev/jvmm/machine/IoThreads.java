package dev.jvmm.machine;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.machine.catalog.DeviceProperties;
import dev.jvmm.machine.catalog.ObjectCatalog;
import dev.jvmm.machine.catalog.Property.Kind;
import java.util.HashMap;
import java.util.Map;

/**
 * The event loops of a machine: the one that everything is on, and those of {@code -object
 * iothread}.
 *
 * <p>Thread: filled by its constructor.
 */
final class IoThreads implements AutoCloseable {

  private final EventLoop usual;
  private final Map<String, EventLoop> byId = new HashMap<>();
  private final Undo open = new Undo();

  /** Starts the loops, each named after the machine and its object. */
  IoThreads(MachineConfig config) {
    usual = start(config.name() + "-io");
    for (ObjectConfig object : config.storage().objects()) {
      if (object.type().equals(ObjectCatalog.IOTHREAD.name())) {
        byId.put(object.id(), start(config.name() + "-" + object.id()));
      }
    }
  }

  private EventLoop start(String name) {
    EventLoop loop = new EventLoop(name);
    open.add(loop::close);
    return loop;
  }

  /** The loop of whatever has none of its own. */
  EventLoop usual() {
    return usual;
  }

  /** The loop that works on a device's queues; the configuration has checked that it is there. */
  EventLoop of(DeviceProperties properties) {
    String id = properties.reference(Kind.IOTHREAD);
    EventLoop own = id == null ? usual : byId.get(id);
    if (own == null) {
      throw new IllegalStateException("no iothread " + id);
    }
    return own;
  }

  /** Joins their threads. */
  @Override
  public void close() {
    open.close();
  }
}
