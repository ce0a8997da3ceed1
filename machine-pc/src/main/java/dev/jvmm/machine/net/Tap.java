package dev.jvmm.machine.net;

import dev.jvmm.machine.catalog.NetdevText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A TAP network with its device, as a program says it: {@code Tap.named("tap0").vhost()}. What it
 * says is checked as {@code -netdev tap} is, and refused in the same sentences.
 *
 * <p>Thread: immutable; each method answers another one.
 *
 * @param properties what {@code -netdev tap} would have, by name
 * @param device what the device has of its own: {@code mac}, and whatever {@code -device} takes
 */
public record Tap(Map<String, String> properties, Map<String, String> device) {

  /** Copies the maps. */
  public Tap {
    properties = Map.copyOf(properties);
    device = Map.copyOf(device);
  }

  /** The first free one of tap0, tap1 and so on, with an address of its own and DHCP behind it. */
  public static Tap any() {
    return new Tap(Map.of(), Map.of());
  }

  /** The interface of that name, which is made where there is none. */
  public static Tap named(String name) {
    return any().with("ifname", name);
  }

  /** Descriptors of the process that are open already, a queue each. */
  public static Tap descriptors(List<Integer> numbers) {
    List<String> texts = new ArrayList<>();
    numbers.forEach(number -> texts.add(String.valueOf(number)));
    return any().with("fds", String.join(":", texts));
  }

  /** {@code br=}: the interface becomes a port of that bridge. */
  public Tap bridge(String name) {
    return with("br", name);
  }

  /** {@code script=no,downscript=no}: somebody else sets the interface up. */
  public Tap asItIs() {
    return with("script", "no").with("downscript", "no");
  }

  /** {@code queues=}: how many pairs of queues. */
  public Tap queues(int count) {
    return with("queues", String.valueOf(count));
  }

  /** {@code vhost=on}: the host's kernel moves the frames. */
  public Tap vhost() {
    return with("vhost", "on");
  }

  /** Any property of {@code -netdev tap}. */
  public Tap with(String property, String value) {
    return new Tap(added(properties, property, value), device);
  }

  /** The device's address, {@code 52:54:00:12:34:56}. */
  public Tap mac(String address) {
    return device("mac", address);
  }

  /** Any property of {@code -device virtio-net-pci}. */
  public Tap device(String property, String value) {
    return new Tap(properties, added(device, property, value));
  }

  private static Map<String, String> added(Map<String, String> map, String property, String value) {
    Map<String, String> more = new HashMap<>(map);
    more.put(property, value);
    return more;
  }

  /**
   * As a {@code -netdev} with a device of its own.
   *
   * @throws dev.jvmm.core.vm.ConfigException if something can't be said so
   */
  public NetdevConfig netdev() {
    StringBuilder text = new StringBuilder("tap");
    properties.keySet().stream()
        .sorted()
        .forEach(
            key ->
                text.append(',')
                    .append(key)
                    .append('=')
                    .append(String.valueOf(properties.get(key)).replace(",", ",,")));
    NetdevConfig parsed = NetdevText.parse(text.toString());
    Map<String, String> all = new HashMap<>(parsed.device());
    all.putAll(device);
    return new NetdevConfig(parsed.id(), parsed.tap(), all);
  }
}
