package dev.jvmm.cli.option;

/** An argument that is no option, or an option without its value: one sentence that says so. */
public final class UsageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UsageException(String sentence) {
    super(sentence);
  }
}
