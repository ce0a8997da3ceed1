package dev.jvmm.machine.catalog;

import static dev.jvmm.machine.catalog.Property.Kind.TEXT;
import static dev.jvmm.machine.catalog.Property.Kind.UINT32;
import static dev.jvmm.machine.catalog.Property.Kind.UINT64;

import dev.jvmm.block.ThrottleConfig;
import dev.jvmm.core.text.Suggestion;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.machine.ObjectConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The objects that a user can ask for. A further one is a further row here, and a line where the
 * composition root makes what it stands for.
 *
 * <p>Thread: immutable.
 */
public final class ObjectCatalog {

  /** An event loop of its own for the devices that name it. */
  public static final ObjectType IOTHREAD =
      new ObjectType(
          "iothread",
          "a thread for the input and output of the devices that name it",
          List.of(
              new Property("poll-max-ns", UINT64, "0", "accepted; it never polls"),
              new Property("poll-grow", UINT64, "0", "accepted"),
              new Property("poll-shrink", UINT64, "0", "accepted"),
              new Property("aio-max-batch", UINT64, "0", "accepted")));

  /** Randomness of a file of the host. */
  public static final ObjectType RNG_RANDOM =
      new ObjectType(
          "rng-random",
          "randomness of a file of the host",
          List.of(new Property("filename", TEXT, "/dev/urandom", "the file")));

  /** Randomness by the host's system call. */
  public static final ObjectType RNG_BUILTIN =
      new ObjectType("rng-builtin", "randomness of the host's kernel, getrandom(2)", List.of());

  /** The limits of throttle nodes. */
  public static final ObjectType THROTTLE_GROUP =
      new ObjectType("throttle-group", "the limits of a throttle node", limits());

  private static final List<ObjectType> TYPES =
      List.of(IOTHREAD, RNG_BUILTIN, RNG_RANDOM, THROTTLE_GROUP);

  private static final String ID = "id";
  private static final String TYPE = "qom-type";

  private ObjectCatalog() {}

  private static List<Property> limits() {
    List<Property> properties = new ArrayList<>();
    for (String prefix : List.of("limits.", "x-")) {
      for (String key : ThrottleText.keys(prefix, false)) {
        Property.Kind kind = key.endsWith("-length") ? UINT32 : UINT64;
        properties.add(
            new Property(key, kind, "", "as -drive throttling." + key.substring(prefix.length())));
      }
    }
    return properties;
  }

  /** Every type, in the order of the lists. */
  public static List<ObjectType> types() {
    return TYPES;
  }

  /** The type of this name. */
  public static ObjectType require(String name) {
    List<String> names = new ArrayList<>();
    for (ObjectType type : TYPES) {
      if (type.name().equals(name)) {
        return type;
      }
      names.add(type.name());
    }
    throw new ConfigException(
        "object",
        name
            + ": no such object; there are "
            + String.join(", ", names)
            + Suggestion.ending(name, names));
  }

  /** Reads {@code -object TYPE,id=ID,property=value}, also as a JSON object. */
  public static ObjectConfig parse(String text) {
    OptionText parts = OptionText.parseObject("object", text, TYPE);
    ObjectType type = require(parts.require(TYPE));
    String id = parts.require(ID);
    Map<String, String> properties = new LinkedHashMap<>();
    for (OptionText.Entry entry : parts.entries()) {
      if (!entry.key().equals(TYPE) && !entry.key().equals(ID)) {
        String value = entry.value() == null ? "on" : entry.value();
        check(parts, type, entry.key(), value);
        properties.put(entry.key(), value);
      }
    }
    return new ObjectConfig(type.name(), id, properties);
  }

  /** Checks what was put together without a text, as {@link #parse} does. */
  public static ObjectConfig checked(ObjectConfig object) {
    return parse(spelled(object));
  }

  /** The object as {@code -object} spells it, for messages. */
  public static String spelled(ObjectConfig object) {
    StringBuilder text = new StringBuilder(object.type()).append(",id=").append(object.id());
    object.properties().keySet().stream()
        .sorted()
        .forEach(
            key ->
                text.append(',')
                    .append(key)
                    .append('=')
                    .append(String.valueOf(object.properties().get(key)).replace(",", ",,")));
    return text.toString();
  }

  /** The limits that a throttle group sets; null where it sets none. */
  public static @Nullable ThrottleConfig limits(ObjectConfig group) {
    OptionText parts = OptionText.parse("object", spelled(group), TYPE);
    ThrottleConfig limits = ThrottleText.parse(parts, "limits.");
    return limits == null ? ThrottleText.parse(parts, "x-") : limits;
  }

  private static void check(OptionText parts, ObjectType type, String key, String value) {
    Property property = type.property(key);
    if (property == null) {
      List<String> known = new ArrayList<>(List.of(ID));
      type.properties().forEach(one -> known.add(one.name()));
      throw parts.unknown(key, known);
    }
    String objection = property.objection(value);
    if (objection != null) {
      throw parts.error(key + " " + objection);
    }
  }
}
