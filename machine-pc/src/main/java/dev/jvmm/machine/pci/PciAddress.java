package dev.jvmm.machine.pci;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A place on the bus: slot and function.
 *
 * <p>Thread: immutable.
 *
 * @param slot 0 to 31
 * @param function 0 to 7
 */
public record PciAddress(int slot, int function) {

  /** How many slots a bus has. */
  public static final int SLOTS = 32;

  /** How many functions a slot has. */
  public static final int FUNCTIONS = 8;

  /** Refuses a place that a bus doesn't have. */
  public PciAddress {
    if (slot < 0 || slot >= SLOTS || function < 0 || function >= FUNCTIONS) {
      throw new IllegalArgumentException("slot " + slot + ", function " + function);
    }
  }

  /** Reads {@code S[.F]} in hexadecimal, with or without 0x; null where that is no place. */
  public static @Nullable PciAddress parse(String text) {
    int dot = text.indexOf('.');
    int slot = hex(dot < 0 ? text : text.substring(0, dot));
    int function = dot < 0 ? 0 : hex(text.substring(dot + 1));
    if (slot < 0 || slot >= SLOTS || function < 0 || function >= FUNCTIONS) {
      return null;
    }
    return new PciAddress(slot, function);
  }

  /** The number, or -1. */
  private static int hex(String text) {
    String digits = text.toLowerCase(Locale.ROOT).startsWith("0x") ? text.substring(2) : text;
    if (digits.isEmpty() || digits.length() > 2) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = Character.digit(digits.charAt(i), 16);
      if (digit < 0) {
        return -1;
      }
      value = 16 * value + digit;
    }
    return value;
  }

  int index() {
    return FUNCTIONS * slot + function;
  }

  /** As lspci prints it: {@code 1f.7}. */
  @Override
  public String toString() {
    return "%02x.%x".formatted(slot, function);
  }
}
