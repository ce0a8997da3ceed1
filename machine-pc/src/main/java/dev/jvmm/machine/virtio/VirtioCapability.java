package dev.jvmm.machine.virtio;

import dev.jvmm.machine.bytes.LittleEndianWriter;
import dev.jvmm.machine.pci.Capability;
import dev.jvmm.virtio.pci.VirtioPci;

/**
 * A capability that says where one of the structures is (virtio 1.2, 4.1.4): a guest only reads it.
 *
 * <p>Thread: immutable.
 */
record VirtioCapability(VirtioPci.Structure structure, int bar) implements Capability {

  /** The kind of capability that is the vendor's own. */
  static final int VENDOR_SPECIFIC = 0x09;

  private static final int HEAD_BYTES = 2; // id and next pointer are not the body's
  private static final int BYTES = 16;
  private static final int NOTIFY_BYTES = 20; // behind the others, notify_off_multiplier

  @Override
  public int id() {
    return VENDOR_SPECIFIC;
  }

  @Override
  public byte[] body() {
    boolean notify = structure == VirtioPci.Structure.NOTIFY;
    int bytes = notify ? NOTIFY_BYTES : BYTES;
    LittleEndianWriter body =
        new LittleEndianWriter(bytes - HEAD_BYTES)
            .u8(bytes)
            .u8(structure.type())
            .u8(bar)
            .u8(0) // id: there is one of each
            .u16(0)
            .u32(structure.offset())
            .u32(VirtioPci.Structure.BYTES);
    if (notify) {
      body.u32(VirtioPci.NOTIFY_MULTIPLIER);
    }
    return body.toByteArray();
  }

  @Override
  public byte[] writable() {
    return new byte[body().length];
  }

  @Override
  public void reading(Registers registers, int offset, int size) {}

  @Override
  public void written(Registers registers, int offset, int size) {}

  @Override
  public void reset() {}
}
