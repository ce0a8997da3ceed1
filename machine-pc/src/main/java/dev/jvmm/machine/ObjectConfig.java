package dev.jvmm.machine;

import java.util.Map;

/**
 * Something of the host that devices refer to by its id ({@code -object}).
 *
 * @param type its name in the catalog, {@code iothread}
 * @param id what devices call it
 * @param properties as the user wrote them, by name
 */
public record ObjectConfig(String type, String id, Map<String, String> properties) {

  /** Copies the properties. */
  public ObjectConfig {
    properties = Map.copyOf(properties);
  }
}
