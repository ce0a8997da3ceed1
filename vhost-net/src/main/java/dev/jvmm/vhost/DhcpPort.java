package dev.jvmm.vhost;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.linux.PacketSocket;
import dev.jvmm.linux.PacketSocket.Instruction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Answers DHCP at the host's end of an interface, for guests whose frames are not moved by us: what
 * is for the server's port comes here as well, before the host's firewall.
 *
 * <p>Thread: made and closed by one thread; in between confined to the event loop.
 */
final class DhcpPort implements AutoCloseable {

  /** Frames at one time; the attack that it stops: a guest that asks and asks. */
  private static final int BATCH = 4;

  // Codes of linux/filter.h: what is loaded, from where, and how it is compared.
  private static final int LOAD_BYTE = 0x30;
  private static final int LOAD_HALF = 0x28;
  private static final int LOAD_HALF_INDEXED = 0x48;
  private static final int LOAD_HEADER_LENGTH = 0xB1; // 4 * (byte & 0xF), for the index
  private static final int JUMP_EQUAL = 0x15;
  private static final int JUMP_ANY_BIT = 0x45;
  private static final int RETURN = 0x06;

  /** UDP to port 67 in IPv4's first fragment, whatever IP's options: from the frame's start. */
  private static final Instruction[] TO_SERVER = {
    new Instruction(LOAD_BYTE, 0, 0, 23),
    new Instruction(JUMP_EQUAL, 0, 6, 17), // UDP
    new Instruction(LOAD_HALF, 0, 0, 20),
    new Instruction(JUMP_ANY_BIT, 4, 0, 0x1FFF), // a later fragment
    new Instruction(LOAD_HEADER_LENGTH, 0, 0, 14),
    new Instruction(LOAD_HALF_INDEXED, 0, 0, 16),
    new Instruction(JUMP_EQUAL, 0, 1, 67),
    new Instruction(RETURN, 0, 0, 0xFFFF),
    new Instruction(RETURN, 0, 0, 0),
  };

  private final PacketSocket socket;
  private final DhcpResponder responder;
  private final EventLoop.Registration watch;
  private final MemorySegment memory = Arena.ofAuto().allocate(DhcpResponder.MAX_FRAME_BYTES);
  private final byte[] frame = new byte[DhcpResponder.MAX_FRAME_BYTES];

  /**
   * Begins.
   *
   * @param index the interface's number
   * @throws dev.jvmm.linux.LinuxException if the host refuses
   */
  DhcpPort(int index, DhcpResponder responder, EventLoop loop) {
    this.socket = PacketSocket.open(index, TO_SERVER);
    this.responder = responder;
    this.watch = loop.register(socket.fd(), EventLoop.READ, events -> answer());
  }

  private void answer() {
    for (int i = 0; i < BATCH; i++) {
      int length = socket.fd().tryRead(memory);
      if (length <= 0) {
        return; // an interface that is down says so once
      }
      MemorySegment.copy(memory, JAVA_BYTE, 0, frame, 0, length);
      byte[] answer = responder.answer(frame, length);
      if (answer != null) {
        MemorySegment.copy(answer, 0, memory, JAVA_BYTE, 0, answer.length);
        socket.fd().tryWrite(memory.asSlice(0, answer.length)); // refused, the guest asks again
      }
    }
  }

  @Override
  public void close() {
    watch.close();
    socket.close();
  }
}
