package dev.jvmm.machine;

import java.util.Map;

/**
 * A device that the user asked for, checked against the catalog when the machine is built.
 *
 * @param type its name in the catalog, {@code isa-debug-exit}
 * @param properties as the user wrote them, by name; {@code id} among them
 */
public record DeviceConfig(String type, Map<String, String> properties) {

  /** Copies the properties. */
  public DeviceConfig {
    properties = Map.copyOf(properties);
  }
}
