package dev.jvmm.virtio.net;

import dev.jvmm.virtio.device.ChainWorker;
import dev.jvmm.virtio.device.QueueWorker;
import dev.jvmm.virtio.queue.DescriptorChain;
import dev.jvmm.virtio.queue.ReadableSlices;
import dev.jvmm.virtio.queue.SplitVirtqueue;

/**
 * The control queue (virtio 1.2, 5.1.6.5): a class, a command, its data; we answer with one byte.
 *
 * <p>Thread: confined to the event loop.
 */
final class ControlWorker implements QueueWorker {

  private static final int BATCH = 16;

  private static final byte OK = 0;
  private static final byte ERR = 1;

  private static final int CLASS_RX = 0;
  private static final int CLASS_MAC = 1;
  private static final int CLASS_VLAN = 2;
  private static final int CLASS_ANNOUNCE = 3;
  private static final int CLASS_MQ = 4;
  private static final int CLASS_GUEST_OFFLOADS = 5;

  private static final int RX_ALLMULTI = 1;
  private static final int MAC_TABLE_SET = 0;
  private static final int MAC_ADDR_SET = 1;
  private static final int VLAN_ADD = 0;
  private static final int VLAN_DEL = 1;

  private static final int DATA = 2; // behind class and command

  private final NetRun run;
  private final ChainWorker commands;
  private final byte[] bytes = new byte[Long.BYTES];
  private final byte[] answer = new byte[1];

  ControlWorker(NetRun run, SplitVirtqueue queue) {
    this.run = run;
    this.commands = new ChainWorker(queue, BATCH, this::answer);
  }

  @Override
  public int runOnce() {
    run.begin();
    return commands.runOnce();
  }

  private int answer(DescriptorChain chain) {
    answer[0] = ERR;
    if (obey(chain.readable())) {
      answer[0] = OK;
    } else {
      run.counters().malformed();
    }
    return chain.writable().write(0, answer, 1) ? 1 : 0;
  }

  private boolean obey(ReadableSlices request) {
    if (!request.read(0, bytes, DATA)) {
      return false;
    }
    int command = bytes[1] & 0xFF;
    return switch (bytes[0]) {
      case CLASS_RX -> run.has(modeFeature(command)) && mode(request, command);
      case CLASS_MAC -> mac(request, command);
      case CLASS_VLAN -> run.has(NetFeatures.CTRL_VLAN) && vlan(request, command);
      case CLASS_ANNOUNCE -> run.has(NetFeatures.GUEST_ANNOUNCE) && command == 0 && announced();
      case CLASS_MQ -> run.has(NetFeatures.MQ) && command == 0 && pairs(request);
      case CLASS_GUEST_OFFLOADS ->
          run.has(NetFeatures.CTRL_GUEST_OFFLOADS) && command == 0 && offloads(request);
      default -> false;
    };
  }

  private static long modeFeature(int command) {
    return command <= RX_ALLMULTI ? NetFeatures.CTRL_RX : NetFeatures.CTRL_RX_EXTRA;
  }

  private boolean mode(ReadableSlices request, int command) {
    return request.read(DATA, bytes, 1) && run.filter().mode(command, bytes[0] != 0);
  }

  private boolean mac(ReadableSlices request, int command) {
    if (command == MAC_TABLE_SET && run.has(NetFeatures.CTRL_RX)) {
      return macTable(request);
    }
    if (command != MAC_ADDR_SET
        || !run.has(NetFeatures.CTRL_MAC_ADDR)
        || request.sizeBytes() != DATA + MacAddress.BYTES) {
      return false;
    }
    run.mac(address(request, DATA));
    return true;
  }

  /** Stations, then groups: a count each, then that many addresses. */
  private boolean macTable(ReadableSlices request) {
    long stations = u32(request, DATA);
    long groupsAt = DATA + Integer.BYTES + MacAddress.BYTES * stations;
    long groups = stations < 0 ? -1 : u32(request, groupsAt);
    long end = groupsAt + Integer.BYTES + MacAddress.BYTES * groups;
    if (groups < 0 || end != request.sizeBytes()) {
      return false;
    }
    fill(run.filter().stations(), request, DATA + Integer.BYTES, stations);
    fill(run.filter().groups(), request, groupsAt + Integer.BYTES, groups);
    return true;
  }

  private void fill(
      ReceiveFilter.AddressTable table, ReadableSlices request, long from, long count) {
    table.clear();
    if (count > ReceiveFilter.MAX_ADDRESSES) {
      table.overflow();
      return;
    }
    for (int i = 0; i < count; i++) {
      table.add(address(request, from + (long) MacAddress.BYTES * i));
    }
  }

  private boolean vlan(ReadableSlices request, int command) {
    if (command != VLAN_ADD && command != VLAN_DEL) {
      return false;
    }
    int id = u16(request);
    return id >= 0 && run.filter().vlan(id, command == VLAN_ADD);
  }

  private boolean announced() {
    run.announced();
    return true;
  }

  private boolean pairs(ReadableSlices request) {
    int count = u16(request);
    return count >= 1 && run.activePairs(count);
  }

  private boolean offloads(ReadableSlices request) {
    if (!request.read(DATA, bytes, Long.BYTES)) {
      return false;
    }
    long offloads = number(Long.BYTES);
    long allowed = run.features() & NetFeatures.GUEST_OFFLOADS;
    if ((offloads & ~allowed) != 0) {
      return false;
    }
    run.guestOffloads(NetFeatures.consistent(offloads));
    return true;
  }

  /** A number of 16 bits behind the command, or -1. */
  private int u16(ReadableSlices request) {
    return request.read(DATA, bytes, Short.BYTES) ? (int) number(Short.BYTES) : -1;
  }

  /** A number of 32 bits, or -1. */
  private long u32(ReadableSlices request, long at) {
    return request.read(at, bytes, Integer.BYTES) ? number(Integer.BYTES) : -1;
  }

  private long address(ReadableSlices request, long at) {
    return request.read(at, bytes, MacAddress.BYTES) ? number(MacAddress.BYTES) : 0;
  }

  private long number(int size) {
    long value = 0;
    for (int i = size - 1; i >= 0; i--) {
      value = value << 8 | (bytes[i] & 0xFF);
    }
    return value;
  }

  @Override
  public void drain(Runnable drained) {
    commands.drain(drained);
  }
}
