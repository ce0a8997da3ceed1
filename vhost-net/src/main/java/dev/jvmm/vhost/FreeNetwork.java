package dev.jvmm.vhost;

import dev.jvmm.linux.NetInterface;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds a network 192.168.N.0/24 that the host has no way into, by its table of routes.
 *
 * <p>Thread: stateless.
 */
final class FreeNetwork {

  static final int PREFIX = 24;

  private static final Path ROUTES = Path.of("/proc/net/route");
  private static final int LAST = 254;

  /** A network that the host knows: where packets for it go. */
  record Route(String device, int network, int mask) {

    boolean overlaps(int other) {
      int common = mask & ~0xFF;
      return mask != 0 && (network & common) == (other & common);
    }
  }

  private FreeNetwork() {}

  /**
   * Gives an interface that is up the host's address in the first free network.
   *
   * @return the address, or 0 where all networks are taken
   */
  static int claim(NetInterface interfaces, String name) throws IOException {
    for (int n = 1; n <= LAST; n++) {
      int network = Ipv4.address(192, 168, n, 0);
      if (routes().stream().anyMatch(route -> route.overlaps(network))) {
        continue;
      }
      interfaces.address(name, network | 1, PREFIX);
      if (isOurs(interfaces, name, network)) {
        return network | 1;
      }
    }
    return 0;
  }

  /** Of two that have come at the same time the one whose interface is older keeps it. */
  private static boolean isOurs(NetInterface interfaces, String name, int network)
      throws IOException {
    for (Route route : routes()) {
      if (route.overlaps(network)
          && !route.device().equals(name)
          && interfaces.exists(route.device())
          && interfaces.index(route.device()) < interfaces.index(name)) {
        return false;
      }
    }
    return true;
  }

  private static List<Route> routes() throws IOException {
    return parse(Files.readAllLines(ROUTES));
  }

  /** Reads the table; addresses in it are hexadecimal and begin with the last byte. */
  static List<Route> parse(List<String> lines) {
    List<Route> routes = new ArrayList<>();
    for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
      String[] fields = line.split("\t", -1);
      if (fields.length > 7) {
        routes.add(new Route(fields[0], address(fields[1]), address(fields[7].strip())));
      }
    }
    return routes;
  }

  private static int address(String hexadecimal) {
    return Integer.reverseBytes(Integer.parseUnsignedInt(hexadecimal, 16));
  }
}
