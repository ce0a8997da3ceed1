package dev.jvmm.kvm;

/** Where a global system interrupt goes ({@code struct kvm_irq_routing_entry}, KVM API 4.52). */
public sealed interface GsiRoute {

  /** The number that irqfds and {@link VmFd#irqLine} use. */
  int gsi();

  /**
   * To a pin of an interrupt controller in the kernel.
   *
   * @param gsi the interrupt
   * @param irqchip one of {@link #PIC_MASTER}, {@link #PIC_SLAVE}, {@link #IOAPIC}
   * @param pin 0 to 7 on a PIC, 0 to 23 on the I/O APIC
   */
  record Pin(int gsi, int irqchip, int pin) implements GsiRoute {}

  /**
   * As a message.
   *
   * @param gsi the interrupt
   * @param address what the device would write to
   * @param data what it would write
   */
  record Msi(int gsi, long address, int data) implements GsiRoute {}

  int PIC_MASTER = 0;
  int PIC_SLAVE = 1;
  int IOAPIC = 2;
}
