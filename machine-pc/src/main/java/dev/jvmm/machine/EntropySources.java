package dev.jvmm.machine;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.vm.Spelling;
import dev.jvmm.machine.catalog.ObjectCatalog;
import dev.jvmm.machine.virtio.BuiltinEntropy;
import dev.jvmm.machine.virtio.RandomFile;
import dev.jvmm.virtio.rng.EntropySource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sources of random bytes that the user has named, each opened when its first device asks.
 *
 * <p>Thread: confined.
 */
final class EntropySources implements AutoCloseable {

  private final List<ObjectConfig> objects;
  private final EventLoop loop;
  private final Map<String, EntropySource> opened = new HashMap<>();
  private final Undo files = new Undo();

  /** None is open yet; {@code loop} watches those that have nothing. */
  EntropySources(List<ObjectConfig> objects, EventLoop loop) {
    this.objects = objects;
    this.loop = loop;
  }

  /**
   * The source of an id, or where there is none the host's kernel.
   *
   * @throws dev.jvmm.core.vm.ConfigException if it can't be read
   */
  EntropySource named(@Nullable String id) {
    if (id == null) {
      return new BuiltinEntropy();
    }
    EntropySource source = opened.get(id);
    if (source == null) {
      source = open(id);
      opened.put(id, source);
    }
    return source;
  }

  private EntropySource open(String id) {
    for (ObjectConfig object : objects) {
      if (object.id().equals(id) && object.type().equals(ObjectCatalog.RNG_RANDOM.name())) {
        RandomFile file =
            new RandomFile(
                loop,
                object.properties().getOrDefault("filename", RandomFile.URANDOM),
                new Spelling("object", ObjectCatalog.spelled(object)));
        files.add(file::close);
        return file;
      }
    }
    return new BuiltinEntropy(); // the configuration has checked that it is a source
  }

  /** After the devices that have them. */
  @Override
  public void close() {
    files.close();
  }
}
