package dev.jvmm.core.chardev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.junit.jupiter.api.Test;

class StreamChardevTest extends ChardevContract {

  private final StreamChardev stream = new StreamChardev(loop);
  private final InputStream in = stream.fromGuest();
  private final OutputStream out = stream.toGuest();

  @Override
  protected Ends open() {
    return new Ends(stream, () -> {});
  }

  @Override
  protected byte[] readAtHost(int count, boolean slow) throws Exception {
    return in.readNBytes(count);
  }

  @Override
  protected void writeAtHost(byte[] data) throws Exception {
    out.write(data);
  }

  @Test
  void closed_endsTheStreams() throws Exception {
    guest().send(new byte[] {'x'});
    stream.close();

    assertThat(in.read()).isEqualTo('x');
    assertThat(in.read()).isEqualTo(-1);
    assertThatThrownBy(() -> out.write(1)).isInstanceOf(IOException.class);
  }
}
