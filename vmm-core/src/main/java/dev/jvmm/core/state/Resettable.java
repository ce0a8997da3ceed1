package dev.jvmm.core.state;

/**
 * A device with power-on state that a system reset brings back.
 *
 * <p>Thread: called while all vCPUs stand and the device's I/O has drained.
 */
public interface Resettable {

  /** Goes back to the state at power-on; what the host side holds open stays open. */
  void reset();
}
