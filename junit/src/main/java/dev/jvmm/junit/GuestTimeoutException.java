package dev.jvmm.junit;

/**
 * A guest has not done in time what a test wanted of it; the message shows the end of its console
 * and its registers.
 */
public final class GuestTimeoutException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  GuestTimeoutException(String message, Throwable cause) {
    super(message, cause);
  }
}
