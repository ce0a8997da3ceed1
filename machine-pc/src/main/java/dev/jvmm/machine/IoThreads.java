package dev.jvmm.machine;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.machine.catalog.DeviceProperties;
import dev.jvmm.machine.catalog.ObjectCatalog;
import dev.jvmm.machine.catalog.Property.Kind;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The event loops of a machine: the one that everything is on, which may be others' too, and those
 * of {@code -object iothread}.
 *
 * <p>Thread: filled by its constructor.
 */
final class IoThreads implements AutoCloseable {

  private final EventLoop usual;
  private final boolean shared;
  private final Map<String, EventLoop> byId = new HashMap<>();
  private final Undo open = new Undo();

  /**
   * Starts the loops, each named after the machine and its object.
   *
   * @param given the usual one, which somebody else has started and ends; null: there is none
   */
  IoThreads(MachineConfig config, @Nullable EventLoop given) {
    shared = given != null;
    usual = given == null ? start(config.name() + "-io") : given;
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

  /** Whether the caller is on the thread of one of them. */
  boolean onOwnThread() {
    if (usual.onLoop()) {
      return true;
    }
    for (EventLoop loop : byId.values()) {
      if (loop.onLoop()) {
        return true;
      }
    }
    return false;
  }

  /** Joins their threads; of a shared one nothing runs any more that this machine has asked for. */
  @Override
  public void close() {
    if (shared) {
      usual.invoke(() -> {}); // behind all that waits there
    }
    open.close();
  }
}
