package dev.jvmm.core.chardev;

import dev.jvmm.linux.Fd;
import dev.jvmm.linux.UnixSocket;

/** Standard input and output are one socket, that can't be opened a second time. */
class StdioChardevOnSocketTest extends ChardevContract {

  private final UnixSocket[] pair = UnixSocket.pair();
  private final HostSide client = new HostSide(pair[0].fd());
  private final Fd out = pair[1].fd().duplicate();

  @Override
  protected Ends open() {
    return new Ends(
        new StdioChardev(loop, pair[1].fd(), out, false),
        () -> {
          pair[0].close();
          pair[1].close();
          out.close();
        });
  }

  @Override
  protected byte[] readAtHost(int count, boolean slow) {
    return client.read(count, slow);
  }

  @Override
  protected void writeAtHost(byte[] data) {
    client.write(data);
  }
}
