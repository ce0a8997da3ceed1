package dev.jvmm.linux;

import java.io.Serial;

/**
 * The kernel refused something.
 *
 * <p>The message reads {@code TUNSETIFF tap0: EPERM: Operation not permitted}. It is for whoever
 * turns it into one sentence for the user; the parts are there for that.
 */
public final class LinuxException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1;

  private final String operation;
  private final String subject;
  private final int errno;

  /**
   * A refusal.
   *
   * @param operation the system call, or the ioctl by its name
   * @param subject what it was about: a path, a device's name; empty if the operation says it all
   * @param errno why, as a positive number
   */
  public LinuxException(String operation, String subject, int errno) {
    super(
        operation
            + (subject.isEmpty() ? "" : " " + subject)
            + ": "
            + Errno.name(errno)
            + ": "
            + Errno.text(errno));
    this.operation = operation;
    this.subject = subject;
    this.errno = errno;
  }

  /**
   * Passes a good result on and throws for a bad one.
   *
   * @param result a value, or {@code -errno}
   * @return {@code result}
   */
  public static long check(long result, String operation, String subject) {
    if (result < 0) {
      throw new LinuxException(operation, subject, (int) -result);
    }
    return result;
  }

  public String operation() {
    return operation;
  }

  public String subject() {
    return subject;
  }

  public int errno() {
    return errno;
  }

  public String errnoName() {
    return Errno.name(errno);
  }
}
