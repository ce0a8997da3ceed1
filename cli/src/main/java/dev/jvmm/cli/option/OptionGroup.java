package dev.jvmm.cli.option;

import java.util.List;

/**
 * Options that belong together in the help.
 *
 * @param title the heading
 * @param options in the order of the help
 */
record OptionGroup(String title, List<Option> options) {}
