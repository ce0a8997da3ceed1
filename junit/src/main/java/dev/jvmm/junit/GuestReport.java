package dev.jvmm.junit;

/** What a guest looked like when a test failed; it hangs on the failure as a suppressed one. */
final class GuestReport extends Exception {

  private static final long serialVersionUID = 1L;

  GuestReport(String text) {
    super(text, null, false, false); // where it was made tells nothing
  }
}
