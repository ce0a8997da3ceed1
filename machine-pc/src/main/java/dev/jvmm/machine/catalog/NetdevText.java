package dev.jvmm.machine.catalog;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.core.vm.Spelling;
import dev.jvmm.linux.NetInterface;
import dev.jvmm.machine.net.NetdevConfig;
import dev.jvmm.vhost.TapConfig;
import dev.jvmm.virtio.net.NetConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Networks as {@code -netdev} and {@code -nic} spell them.
 *
 * <p>Thread: stateless.
 */
public final class NetdevText {

  private static final List<String> TAP_KEYS =
      List.of(
          "type",
          "id",
          "ifname",
          "script",
          "downscript",
          "br",
          "helper",
          "fd",
          "fds",
          "queues",
          "vnet_hdr",
          "sndbuf",
          "vhost",
          "vhostfd",
          "vhostfds",
          "vhostforce");
  private static final List<String> INTERFACE_KEYS =
      List.of("ifname", "script", "downscript", "br", "helper");
  private static final List<String> OF_US_KEYS =
      List.of("ifname", "script", "downscript", "queues", "vhostfds");
  private static final List<String> BRIDGE_KEYS = List.of("type", "id", "br", "helper");
  private static final List<String> TYPES = List.of("tap", "bridge");
  private static final List<String> OTHER_TYPES =
      List.of(
          "user",
          "socket",
          "stream",
          "dgram",
          "vde",
          "vhost-user",
          "vhost-vdpa",
          "hubport",
          "l2tpv3",
          "netmap",
          "af-xdp",
          "passt");
  private static final List<String> DEVICE_KEYS = List.of("model", "mac");
  private static final String NO_SCRIPT = "no";

  private NetdevText() {}

  /** Reads {@code -netdev tap,id=n0,ifname=tap0}, also as a JSON object. */
  public static NetdevConfig parse(String text) {
    OptionText parts = OptionText.parseObject("netdev", text, "type");
    parts.only(keys(parts));
    TapConfig tap = tap(parts, new Spelling("netdev", text));
    Map<String, String> device = tap.queues() > 1 ? Map.of("mq", "on") : Map.of();
    return new NetdevConfig(parts.text("id"), tap, device);
  }

  /** Reads {@code -nic tap,mac=52:54:00:12:34:56}: network and device in one. */
  public static NetdevConfig parseNic(String text) {
    OptionText parts = OptionText.parse("nic", text, "type");
    List<String> keys = new ArrayList<>(keys(parts));
    keys.addAll(DEVICE_KEYS);
    parts.only(keys);
    TapConfig tap = tap(parts, new Spelling("nic", text));
    Map<String, String> device = new HashMap<>();
    for (String key : DEVICE_KEYS) {
      if (parts.has(key)) {
        device.put(key, checked(parts, key));
      }
    }
    if (parts.has("id")) {
      device.put(DeviceCatalog.ID, parts.require("id"));
    }
    if (tap.queues() > 1) {
      device.put("mq", "on");
    }
    return new NetdevConfig(null, tap, device);
  }

  private static String checked(OptionText parts, String key) {
    String value = parts.require(key);
    Property property = NetTypes.PCI.property(key);
    String objection = property == null ? null : property.objection(value);
    if (objection != null) {
      throw parts.error(key + " " + objection);
    }
    return value;
  }

  /** What there is to say of a network of its type. */
  private static List<String> keys(OptionText parts) {
    String type = parts.require("type");
    if (OTHER_TYPES.contains(type)) {
      throw parts.error("there is no network of type " + type + " here; use tap");
    }
    return parts.word("type", "tap", TYPES).equals("tap") ? TAP_KEYS : BRIDGE_KEYS;
  }

  private static TapConfig tap(OptionText parts, Spelling asked) {
    TapConfig.Source source;
    if (parts.has("fd") || parts.has("fds")) {
      source = inherited(parts);
    } else if (parts.has("helper") || parts.require("type").equals("bridge")) {
      source = helper(parts);
    } else {
      source = named(parts);
    }
    return new TapConfig(
        source,
        parts.bool("vnet_hdr", true),
        (int) parts.size("sndbuf", 0, Integer.MAX_VALUE),
        kernel(parts, source.queues()),
        asked);
  }

  /**
   * Whether the kernel moves the frames; who gives a device of it wants that, but not at any price.
   */
  private static TapConfig.Kernel kernel(OptionText parts, int queues) {
    boolean given = parts.has("vhostfd") || parts.has("vhostfds");
    boolean forced = parts.bool("vhostforce", false);
    boolean required = parts.bool("vhost", false) || forced;
    boolean wanted = required || (given && parts.bool("vhost", true));
    if (given && !wanted) {
      throw parts.error("vhost=off, and a descriptor for it; leave one of them out");
    }
    if (wanted && !parts.bool("vnet_hdr", true)) {
      throw parts.error("the kernel moves frames with their headers; leave vnet_hdr=off out");
    }
    List<Integer> numbers = given ? descriptors(parts, "vhostfd", "vhostfds") : List.of();
    if (given && numbers.size() != queues) {
      throw parts.error(
          "there are %d descriptors of vhost for %d queues; give one each"
              .formatted(numbers.size(), queues));
    }
    return new TapConfig.Kernel(wanted, required, numbers);
  }

  /** Those of a key for one, or of one for several with colons between them. */
  private static List<Integer> descriptors(OptionText parts, String one, String several) {
    if (parts.has(one) && parts.has(several)) {
      throw parts.error("give %s for one queue, or %s for several".formatted(one, several));
    }
    List<Integer> numbers = new ArrayList<>();
    for (String part : parts.text(several, parts.text(one, "")).split(":", -1)) {
      numbers.add(descriptor(parts, part));
    }
    return numbers;
  }

  private static TapConfig.Inherited inherited(OptionText parts) {
    for (String key : INTERFACE_KEYS) {
      if (parts.has(key)) {
        throw parts.error("descriptors are open already; leave out fd and fds, or " + key);
      }
    }
    List<Integer> numbers = descriptors(parts, "fd", "fds");
    int queues = parts.number("queues", numbers.size(), 1, NetConfig.MAX_PAIRS);
    if (queues != numbers.size()) {
      throw parts.error(
          "there are %d descriptors for %d queues; give one each"
              .formatted(numbers.size(), queues));
    }
    return new TapConfig.Inherited(numbers);
  }

  private static TapConfig.Helper helper(OptionText parts) {
    for (String key : OF_US_KEYS) {
      if (parts.has(key)) {
        throw parts.error(
            "the helper makes an interface of one queue; leave out helper, or " + key);
      }
    }
    return new TapConfig.Helper(
        parts.text("helper", TapConfig.Helper.USUAL_PROGRAM),
        parts.text("br", TapConfig.Helper.USUAL_BRIDGE));
  }

  private static int descriptor(OptionText parts, String text) {
    try {
      int number = Integer.parseInt(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new ConfigException(
          parts.option(), parts + ": " + text + " is no descriptor; give its number", e);
    }
    throw parts.error(text + " is no descriptor; give its number");
  }

  private static TapConfig.Interface named(OptionText parts) {
    String name = parts.text("ifname");
    if (name != null && !NetInterface.isName(name)) {
      throw parts.error(
          "ifname is at most 15 letters, digits and signs without spaces, not " + name);
    }
    int queues = parts.number("queues", 1, 1, NetConfig.MAX_PAIRS);
    return new TapConfig.Interface(name, queues, setup(parts));
  }

  private static TapConfig.Setup setup(OptionText parts) {
    String bridge = parts.text("br");
    String up = script(parts, "script");
    String down = script(parts, "downscript");
    if (bridge != null) {
      if (up != null || down != null) {
        throw parts.error("a bridge and a script: the script can do both; leave out br");
      }
      return new TapConfig.Bridge(bridge);
    }
    if (up != null || down != null) {
      return new TapConfig.Scripts(up, down);
    }
    return parts.has("script") ? new TapConfig.Nothing() : new TapConfig.Own();
  }

  private static @Nullable String script(OptionText parts, String key) {
    String file = parts.text(key);
    return file == null || file.equals(NO_SCRIPT) || file.isEmpty() ? null : file;
  }
}
