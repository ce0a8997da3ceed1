package dev.jvmm.junit;

/** How long a test's machine lives. */
public enum Lifetime {
  /** A machine for each test, closed after it. */
  METHOD,
  /** One machine for all tests of the class, closed after the last. */
  CLASS
}
