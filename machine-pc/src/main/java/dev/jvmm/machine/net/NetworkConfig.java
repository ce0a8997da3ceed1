package dev.jvmm.machine.net;

import java.util.List;
import java.util.Map;

/**
 * The networks of a machine.
 *
 * @param nics what is behind the property {@code netdev} of the devices, by its value
 * @param warnings what is odd about them, a sentence each
 */
public record NetworkConfig(Map<String, NicConfig> nics, List<String> warnings) {

  /** No network. */
  public static final NetworkConfig NONE = new NetworkConfig(Map.of(), List.of());

  /** Copies the collections. */
  public NetworkConfig {
    nics = Map.copyOf(nics);
    warnings = List.copyOf(warnings);
  }
}
