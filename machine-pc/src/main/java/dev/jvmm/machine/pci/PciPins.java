package dev.jvmm.machine.pci;

import dev.jvmm.machine.mp.MpConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * The slots' pins and what they are wired to, as the multiprocessor table has them.
 *
 * <p>Thread: no state.
 */
public final class PciPins {

  private PciPins() {}

  /** All pins of all slots: the same that {@link PciDsdt} announces. */
  @SuppressWarnings("exports") // for the composition root alone
  public static List<MpConfig.PciPin> all() {
    List<MpConfig.PciPin> pins = new ArrayList<>(PciAddress.SLOTS * Interrupts.PINS);
    for (int slot = 0; slot < PciAddress.SLOTS; slot++) {
      for (int pin = 0; pin < Interrupts.PINS; pin++) {
        pins.add(new MpConfig.PciPin(slot, pin, Interrupts.gsi(Interrupts.line(slot, pin))));
      }
    }
    return pins;
  }
}
