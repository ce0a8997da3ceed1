package dev.jvmm.virtio.console;

import dev.jvmm.core.vm.ConfigException;
import java.nio.charset.StandardCharsets;

/**
 * What a user says of one port.
 *
 * <p>Thread: immutable.
 *
 * @param number from 0, below the device's number of ports; 0 is a console
 * @param console whether the guest makes it a console ({@code hvc0}) rather than a plain port
 * @param name what the guest finds it by ({@code /dev/virtio-ports/NAME}); empty for none
 */
public record PortConfig(int number, boolean console, String name) {

  /** The most bytes of a name, so that its message fits any driver's buffer. */
  public static final int MAX_NAME_BYTES = 255;

  /** Refuses what no driver could show. */
  public PortConfig {
    if (number < 0 || number >= ConsoleConfig.MAX_PORTS) {
      throw new ConfigException(
          "nr", number + ": ports have numbers from 0 to " + (ConsoleConfig.MAX_PORTS - 1));
    }
    if (number == 0 && !console) {
      throw new ConfigException("nr", "0: is a console's (virtconsole); give 1 or more");
    }
    if (name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
      throw new ConfigException("name", name + ": give at most " + MAX_NAME_BYTES + " bytes");
    }
  }
}
