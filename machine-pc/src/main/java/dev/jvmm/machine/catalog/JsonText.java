package dev.jvmm.machine.catalog;

import dev.jvmm.core.vm.ConfigException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Options that are JSON objects, flattened into the parts of an {@link OptionText}.
 *
 * <p>The one class that knows the JSON parser, so that a start without JSON does not load it.
 *
 * <p>Thread: stateless.
 */
final class JsonText {

  /** What of the text is shown behind the place where it ceases to be JSON. */
  private static final int SHOWN_CHARACTERS = 12;

  private final String option;
  private final String text;
  private final List<OptionText.Entry> entries = new ArrayList<>();

  private JsonText(String option, String text) {
    this.option = option;
    this.text = text;
  }

  /**
   * The members of an object, in order.
   *
   * @throws ConfigException if the text is no JSON object, says where
   */
  static List<OptionText.Entry> entries(String option, String text) {
    JsonText json = new JsonText(option, text);
    JsonFactory factory =
        JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), text)) {
      parser.nextToken();
      json.members(parser, "");
      if (parser.nextToken() != null) {
        throw json.refused(parser.currentTokenLocation().getCharOffset());
      }
    } catch (JacksonException e) {
      ConfigException refused = json.refused(e.getLocation().getCharOffset());
      refused.initCause(e);
      throw refused;
    }
    return json.entries;
  }

  private void members(JsonParser parser, String prefix) {
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = prefix + parser.currentName();
      value(parser, parser.nextToken(), key);
    }
  }

  private void value(JsonParser parser, JsonToken token, String key) {
    switch (token) {
      case VALUE_STRING, VALUE_NUMBER_INT -> add(key, parser.getString());
      case VALUE_TRUE -> add(key, "on");
      case VALUE_FALSE -> add(key, "off");
      case START_OBJECT -> members(parser, key + ".");
      default ->
          throw new ConfigException(
              option,
              text
                  + ": "
                  + key
                  + " is a string, a whole number, true, false or an object, not "
                  + what(token));
    }
  }

  private void add(String key, String value) {
    entries.add(new OptionText.Entry(key, value));
  }

  private static String what(JsonToken token) {
    return switch (token) {
      case START_ARRAY -> "an array";
      case VALUE_NUMBER_FLOAT -> "a fraction";
      default -> "null";
    };
  }

  private ConfigException refused(long offset) {
    int at = (int) Math.min(Math.max(0, offset), text.length());
    String rest = text.substring(at, Math.min(text.length(), at + SHOWN_CHARACTERS));
    return new ConfigException(
        option,
        text
            + ": that is no JSON object, see "
            + (rest.isEmpty() ? "its end" : "character " + (at + 1) + ", " + rest));
  }
}
