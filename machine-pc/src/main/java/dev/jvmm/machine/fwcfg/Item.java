package dev.jvmm.machine.fwcfg;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.machine.boot.Payload;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * One item: its bytes are fetched when the guest first reads one of them, since most guests never
 * ask.
 *
 * <p>Thread: confined to its {@link FwCfg}, by whose monitor it is guarded.
 */
final class Item {

  static final Item NONE = new Item(Payload.ofBytes("nothing", new byte[0]));

  private final Payload payload;
  private @Nullable MemorySegment content;

  Item(Payload payload) {
    this.payload = payload;
  }

  long sizeBytes() {
    return payload.sizeBytes();
  }

  /** The bytes; all zeros where the file behind them can't be read any more. */
  MemorySegment content() {
    MemorySegment bytes = content;
    if (bytes == null) {
      bytes = fetch();
      content = bytes;
    }
    return bytes;
  }

  private MemorySegment fetch() {
    if (payload instanceof Payload.InMemory memory) {
      return MemorySegment.ofArray(memory.bytes()).asReadOnly();
    }
    // As large as the user's file, whatever the guest does; freed with the machine.
    MemorySegment bytes = Arena.ofAuto().allocate(payload.sizeBytes());
    try {
      payload.copyTo(bytes);
    } catch (ConfigException e) {
      bytes.fill((byte) 0); // the guest can't be told more than that
    }
    return bytes.asReadOnly();
  }
}
