package dev.jvmm.core.chardev;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.linux.Fd;
import dev.jvmm.linux.OpenFlags;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Standard input and output are pipes, as in a script. */
class StdioChardevOnPipesTest extends ChardevContract {

  @TempDir private Path directory = Path.of("");

  private HostSide script = new HostSide(Fd.adopt(-1));

  /** The two ends of a pipe, blocking: [0] reads, [1] writes. */
  private Fd[] pipe(String name) throws Exception {
    Path path = directory.resolve(name);
    new ProcessBuilder("mkfifo", path.toString()).start().waitFor();
    Fd reader = Fd.open(path.toString(), OpenFlags.RDONLY | OpenFlags.NONBLOCK, 0);
    Fd writer = Fd.open(path.toString(), OpenFlags.WRONLY, 0);
    reader.setBlocking();
    return new Fd[] {reader, writer};
  }

  @Override
  protected Ends open() throws Exception {
    Fd[] in = pipe("in");
    Fd[] out = pipe("out");
    script = new HostSide(out[0], in[1]);
    return new Ends(
        new StdioChardev(loop, in[0], out[1], false),
        () -> {
          script.close();
          in[0].close();
          out[1].close();
        });
  }

  @Override
  protected byte[] readAtHost(int count, boolean slow) {
    return script.read(count, slow);
  }

  @Override
  protected void writeAtHost(byte[] data) {
    script.write(data);
  }

  @Test
  void scriptThatGoes_neitherEndsNorHoldsUpAnything() throws Exception {
    writeAtHost(new byte[] {'a', 'b'});
    script.close();

    assertThat(guest().read(2)).containsExactly('a', 'b');
    guest().send(noise(300_000));
  }
}
