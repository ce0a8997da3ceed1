package dev.jvmm.core.state;

/**
 * A device whose state a snapshot keeps, as an immutable record.
 *
 * <p>Thread: called while all vCPUs stand and the device's I/O has drained.
 *
 * @param <S> the record; it holds nothing that the device's configuration says already
 */
public interface Snapshottable<S extends Record> {

  /** The state now. */
  S state();
}
