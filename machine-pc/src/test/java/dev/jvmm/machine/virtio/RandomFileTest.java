package dev.jvmm.machine.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.core.vm.Spelling;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RandomFileTest {

  private final EventLoop loop = new EventLoop("test-io");
  private final byte[] bytes = new byte[8192];

  @AfterEach
  void close() {
    loop.close();
  }

  private static void never() {
    throw new AssertionError("there was no need to wait");
  }

  private RandomFile open(String path) {
    return new RandomFile(loop, path, new Spelling("object", "rng-random,filename=" + path));
  }

  @Test
  void device_givesAsMuchAsIsAsked() {
    try (RandomFile source = open(RandomFile.URANDOM)) {
      assertThat(source.fill(bytes, 100, RandomFileTest::never)).isEqualTo(100);
      assertThat(Arrays.copyOfRange(bytes, 100, bytes.length)).containsOnly(0);
      assertThat(source.fill(bytes, 8192, RandomFileTest::never)).isEqualTo(4096);
    }
  }

  @Test
  void pipe_isWatchedWhileItHasNothing(@TempDir Path folder) throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Semaphore ready = new Semaphore(0);
    // Both ends at once, so that it has a writer from the beginning and no end.
    try (var writer =
            Files.newByteChannel(pipe, StandardOpenOption.READ, StandardOpenOption.WRITE);
        RandomFile source = open(pipe.toString())) {
      Runnable once = ready::release;
      assertThat(source.fill(bytes, 4, once)).isZero();
      assertThat(source.fill(bytes, 4, once)).isZero();

      writer.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
      assertThat(ready.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
      assertThat(source.fill(bytes, 4, once)).isEqualTo(3);
      assertThat(bytes).startsWith(1, 2, 3);
      loop.invoke(() -> {});
      assertThat(ready.availablePermits()).isZero();
    }
  }

  @Test
  void fileThatEnds_givesNoMore(@TempDir Path folder) throws Exception {
    Path file = Files.write(folder.resolve("file"), new byte[] {5, 6});
    try (RandomFile source = open(file.toString())) {
      assertThat(source.fill(bytes, 4, RandomFileTest::never)).isEqualTo(2);
      assertThat(source.fill(bytes, 4, RandomFileTest::never)).isZero();
      Files.write(file, new byte[] {7}, StandardOpenOption.APPEND);
      assertThat(source.fill(bytes, 4, RandomFileTest::never)).isZero();
    }
  }

  @Test
  void whatCannotBeRead_isRefusedInOneSentence(@TempDir Path folder) {
    assertThatThrownBy(() -> open(folder.resolve("missing").toString()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("rng-random,filename=")
        .hasMessageContaining("there is no such file");
    assertThatThrownBy(() -> open(folder.toString()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("it is a directory");
  }

  @Test
  void builtin_givesAPieceAtATime() {
    BuiltinEntropy source = new BuiltinEntropy();
    assertThat(source.fill(bytes, 8192, RandomFileTest::never)).isEqualTo(4096);
    assertThat(Arrays.copyOf(bytes, 64)).isNotEqualTo(new byte[64]);
  }
}
