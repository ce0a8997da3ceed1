package dev.jvmm.block;

import dev.jvmm.core.text.Suggestion;
import dev.jvmm.core.vm.ConfigException;
import java.util.List;
import java.util.Locale;

/** The words of an option that is an enum here: {@code io_uring} is {@code IO_URING}. */
final class OptionNames {

  private OptionNames() {}

  /** The constant of that name, or a sentence with the names there are. */
  static <E extends Enum<E>> E parse(Class<E> type, String option, String name) {
    List<String> names =
        List.of(type.getEnumConstants()).stream()
            .map(c -> c.name().toLowerCase(Locale.ROOT))
            .toList();
    int index = names.indexOf(name);
    if (index < 0) {
      throw new ConfigException(
          "drive",
          "%s=%s: not one of %s%s"
              .formatted(option, name, String.join(", ", names), Suggestion.ending(name, names)));
    }
    return type.getEnumConstants()[index];
  }
}
