package dev.jvmm.machine.catalog;

import dev.jvmm.core.chardev.ChardevConfig;
import dev.jvmm.core.text.Suggestion;
import dev.jvmm.core.vm.ConfigException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Character devices as {@code -chardev} and the shorter forms of {@code -serial} and {@code
 * -debugcon} spell them.
 *
 * <p>Thread: stateless.
 */
public final class ChardevText {

  private static final List<String> BACKENDS =
      Arrays.stream(ChardevBackend.values()).map(ChardevBackend::text).toList();

  private static final List<String> SHORT_FORMS =
      List.of("stdio", "mon:stdio", "pty", "file:PATH", "null", "none", "unix:PATH", "chardev:ID");

  private ChardevText() {}

  /**
   * A character device and its name.
   *
   * @param id how others refer to it
   * @param config what it is
   */
  public record Named(String id, ChardevConfig config) {}

  /** Reads {@code -chardev BACKEND,id=ID,property=value}. */
  public static Named parse(String text) {
    OptionText parts = OptionText.parse("chardev", text, "backend");
    String id = parts.require("id");
    return new Named(id, config(parts, parts.require("backend")));
  }

  private static ChardevConfig config(OptionText parts, String backend) {
    return switch (backend) {
      case "stdio" -> {
        parts.only("backend", "id", "signal", "mux");
        yield new ChardevConfig.Stdio(parts.bool("mux", true), parts.bool("signal", false));
      }
      case "pty" -> {
        parts.only("backend", "id");
        yield new ChardevConfig.Pty();
      }
      case "null" -> {
        parts.only("backend", "id");
        yield new ChardevConfig.Null();
      }
      case "file" -> {
        parts.only("backend", "id", "path", "append");
        yield file(parts.option(), parts.require("path"), parts.bool("append", false));
      }
      case "socket" -> {
        parts.only("backend", "id", "path", "server", "wait");
        yield unix(parts, parts.require("path"));
      }
      default ->
          throw parts.error(
              "no backend "
                  + backend
                  + "; there are "
                  + String.join(", ", BACKENDS)
                  + Suggestion.ending(backend, BACKENDS));
    };
  }

  /**
   * Reads the forms of {@code -serial} that make a character device; {@code none} and {@code
   * chardev:ID} make none and are the caller's.
   *
   * @param option for messages
   */
  public static ChardevConfig parseShort(String option, String text) {
    if (text.startsWith("file:")) {
      return file(option, text.substring("file:".length()), false);
    }
    if (text.startsWith("unix:")) {
      OptionText parts = OptionText.parse(option, text, "path");
      parts.only("path", "server", "wait");
      return unix(parts, parts.require("path").substring("unix:".length()));
    }
    return switch (text) {
      case "stdio", "mon:stdio" -> new ChardevConfig.Stdio(true, false);
      case "pty" -> new ChardevConfig.Pty();
      case "null" -> new ChardevConfig.Null();
      default -> throw unknown(option, text);
    };
  }

  private static ChardevConfig file(String option, String path, boolean append) {
    return new ChardevConfig.File(GuestText.path(option, path).toString(), append);
  }

  private static ChardevConfig unix(OptionText parts, String name) {
    String path = GuestText.path(parts.option(), name).toString();
    if (parts.bool("server", false)) {
      return new ChardevConfig.UnixServer(path, parts.bool("wait", true));
    }
    if (parts.bool("wait", false)) {
      throw parts.error("only a server waits, add server=on or leave wait out");
    }
    return new ChardevConfig.UnixClient(path);
  }

  private static ConfigException unknown(String option, String text) {
    String kind = text.substring(0, text.indexOf(':') + 1);
    List<String> kinds = new ArrayList<>();
    for (String form : SHORT_FORMS) {
      kinds.add(form.substring(0, form.indexOf(':') + 1));
    }
    kinds.removeIf(String::isEmpty);
    String ending =
        kind.isEmpty() ? Suggestion.ending(text, SHORT_FORMS) : Suggestion.ending(kind, kinds);
    return new ConfigException(
        option, text + ": one of " + String.join(", ", SHORT_FORMS) + ending);
  }
}
