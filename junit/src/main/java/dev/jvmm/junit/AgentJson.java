package dev.jvmm.junit;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The JSON of QEMU's guest agent: commands with flat arguments, answers that are one value or a
 * flat object.
 *
 * <p>Thread: stateless.
 */
final class AgentJson {

  /** The key of an answer that is one value. */
  static final String ALONE = "return";

  private static final JsonFactory FACTORY = new JsonFactory();

  private AgentJson() {}

  /** A command as a line; arguments are texts, numbers, booleans and arrays of texts. */
  static byte[] command(String name, Map<String, Object> arguments) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      json.writeStringProperty("execute", name);
      json.writeObjectPropertyStart("arguments");
      arguments.forEach(
          (key, value) -> {
            json.writeName(key);
            write(json, value);
          });
      json.writeEndObject();
      json.writeEndObject();
    }
    return (text + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static void write(JsonGenerator json, Object value) {
    switch (value) {
      case String[] texts -> json.writeArray(texts, 0, texts.length);
      case Number number -> json.writeNumber(number.longValue());
      case Boolean truth -> json.writeBoolean(truth);
      default -> json.writeString(value.toString());
    }
  }

  /**
   * What a command was answered.
   *
   * @throws IOException if that is a refusal, or nothing that can be read
   */
  static Map<String, Object> answer(String command, String line) throws IOException {
    try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), line)) {
      Map<String, Object> values = new LinkedHashMap<>();
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException(command + ": the guest agent answers " + line);
      }
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        String key = json.currentName();
        if (json.nextToken() == JsonToken.START_OBJECT) {
          object(json, values);
        } else {
          put(json, key, values);
        }
        if (key.equals("error")) {
          throw new IOException(command + ": " + values.get("desc"));
        }
      }
      return values;
    } catch (JacksonException e) {
      throw new IOException(command + ": the guest agent answers " + line, e);
    }
  }

  private static void object(JsonParser json, Map<String, Object> values) {
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = json.currentName();
      json.nextToken();
      put(json, key, values);
    }
  }

  private static void put(JsonParser json, String key, Map<String, Object> values) {
    switch (json.currentToken()) {
      case VALUE_STRING -> values.put(key, json.getString());
      case VALUE_NUMBER_INT -> values.put(key, json.getLongValue());
      case VALUE_TRUE -> values.put(key, true);
      case VALUE_FALSE -> values.put(key, false);
      default -> json.skipChildren();
    }
  }
}
