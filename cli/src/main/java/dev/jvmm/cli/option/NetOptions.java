package dev.jvmm.cli.option;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.machine.catalog.CatalogHelp;
import dev.jvmm.machine.catalog.OptionText;
import java.util.List;

/** Networks. */
final class NetOptions {

  private NetOptions() {}

  static OptionGroup group() {
    return new OptionGroup(
        "Networks",
        List.of(
            new Option(
                "netdev",
                "tap[,id=ID][,ifname=NAME][,...]",
                "a network, with a device if it has no id; help lists all",
                NetOptions::netdev),
            new Option(
                "nic",
                "tap[,mac=ADDRESS][,...]|none",
                "a network and a device in one",
                NetOptions::nic),
            new Option("net", "none", "no network but those asked for", NetOptions::net)));
  }

  private static void netdev(Request request, String value) {
    if (!value.startsWith("{") && OptionText.parse("netdev", value, "type").asksForHelp()) {
      request.answer(CatalogHelp.netdevs());
    } else {
      request.machine().netdev(value);
    }
  }

  private static void nic(Request request, String value) {
    if (OptionText.parse("nic", value, "type").asksForHelp()) {
      request.answer(CatalogHelp.netdevs());
    } else {
      request.machine().nic(value);
    }
  }

  private static void net(Request request, String value) {
    if (!value.equals("none")) {
      throw new ConfigException("net", value + ": is the old way; say -nic tap, or none");
    }
  }
}
