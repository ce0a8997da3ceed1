package dev.jvmm.virtio.block;

import dev.jvmm.block.BlockOperation;
import dev.jvmm.block.ErrorPolicy;

/**
 * Told of each request that the host failed, and what becomes of it.
 *
 * <p>Thread: called on the loop of the disk; never waits.
 */
@FunctionalInterface
public interface IoErrors {

  /**
   * The host has failed a request.
   *
   * @param errno why
   * @param action what the device does about it; {@link ErrorPolicy.Action#STOP}: it keeps the
   *     request, the machine is to stop now, and {@link VirtioBlock#retry} is to be called when it
   *     goes on. It may come again while the machine stands, for each request that was under way
   */
  void failed(BlockOperation operation, int errno, ErrorPolicy.Action action);
}
