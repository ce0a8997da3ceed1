package dev.jvmm.core.vm;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The registers of a vCPU that stands.
 *
 * <p>Thread: immutable.
 *
 * @param cpu which vCPU, from 0 on
 * @param values by the names that the processor's manuals have, in small letters: {@code rax} to
 *     {@code r15}, {@code rip}, {@code rflags}, {@code cr0}, {@code cr2}, {@code cr3}, {@code cr4},
 *     {@code efer}, {@code apic_base}, {@code cs} and its like (selectors), {@code cs_base} and its
 *     like, {@code gdt_base}, {@code idt_base}
 * @param text all of it for people, several lines, with the code bytes around {@code rip}
 */
public record VcpuRegisters(int cpu, Map<String, Long> values, String text) {

  /** Copies the map, and keeps its order. */
  public VcpuRegisters {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /**
   * One of them.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public long get(String name) {
    Long value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no register " + name + "; there are " + values.keySet());
    }
    return value;
  }

  /** Where it is: the address, as the guest's page tables have it, of its next instruction. */
  public long rip() {
    return get("rip");
  }

  /** Its stack pointer. */
  public long rsp() {
    return get("rsp");
  }

  /** Its flags. */
  public long rflags() {
    return get("rflags");
  }

  /** The {@link #text}. */
  @Override
  public String toString() {
    return text;
  }
}
