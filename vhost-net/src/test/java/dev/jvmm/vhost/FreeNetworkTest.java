package dev.jvmm.vhost;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The host's table of routes, as the kernel prints it. */
class FreeNetworkTest {

  private static final String HEAD =
      "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT   ";
  private static final int NETWORK_5 = Ipv4.address(192, 168, 5, 0);

  private static FreeNetwork.Route route(String destination, String mask) {
    String line = "eth0\t%s\t00000000\t0001\t0\t0\t0\t%s\t0\t0\t0   ".formatted(destination, mask);
    return FreeNetwork.parse(List.of(HEAD, line)).getFirst();
  }

  @Test
  void route_isReadWithItsBytesTurned() {
    assertThat(route("0005A8C0", "00FFFFFF"))
        .isEqualTo(new FreeNetwork.Route("eth0", NETWORK_5, ~0xFF));
  }

  @Test
  void routes_overlapWhatTheyReach() {
    assertThat(route("0005A8C0", "00FFFFFF").overlaps(NETWORK_5)).isTrue();
    assertThat(route("0006A8C0", "00FFFFFF").overlaps(NETWORK_5)).isFalse();
    assertThat(route("0000A8C0", "0000FFFF").overlaps(NETWORK_5)).isTrue();
    assertThat(route("8005A8C0", "80FFFFFF").overlaps(NETWORK_5)).isTrue();
    assertThat(route("0905A8C0", "FFFFFFFF").overlaps(NETWORK_5)).isTrue();
    assertThat(route("0000000A", "000000FF").overlaps(NETWORK_5)).isFalse();
  }

  @Test
  void defaultRoute_takesNothing() {
    assertThat(route("00000000", "00000000").overlaps(NETWORK_5)).isFalse();
  }

  @Test
  void table_mayBeEmpty() {
    assertThat(FreeNetwork.parse(List.of(HEAD))).isEmpty();
    assertThat(FreeNetwork.parse(List.of())).isEmpty();
  }
}
