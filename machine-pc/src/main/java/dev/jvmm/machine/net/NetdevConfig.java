package dev.jvmm.machine.net;

import dev.jvmm.vhost.TapConfig;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A network of the host ({@code -netdev}, {@code -nic}).
 *
 * @param id what a device calls it; null: it brings a device along
 * @param tap the interface
 * @param device the properties of the device that it brings along, {@code model} among them
 */
public record NetdevConfig(@Nullable String id, TapConfig tap, Map<String, String> device) {

  /** Copies the properties. */
  public NetdevConfig {
    device = Map.copyOf(device);
  }
}
