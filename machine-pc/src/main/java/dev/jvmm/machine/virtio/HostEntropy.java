package dev.jvmm.machine.virtio;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.virtio.rng.EntropySource;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Random bytes of the host, from a device or file that has as many as one likes.
 *
 * <p>Thread: safe.
 */
public final class HostEntropy implements EntropySource, AutoCloseable {

  /** What never waits and never ends. */
  public static final String URANDOM = "/dev/urandom";

  private final String path;
  private final FileInputStream file;

  /**
   * Opens a source.
   *
   * @param asked the option and value by which the user asked for it, for messages
   */
  public HostEntropy(String path, String asked) {
    this.path = path;
    try {
      file = new FileInputStream(path);
    } catch (IOException e) {
      throw new ConfigException(
          "device", asked + ": " + path + " can't be opened; see that it is there and readable", e);
    }
  }

  @Override
  public void fill(byte[] bytes, int length) {
    try {
      if (file.readNBytes(bytes, 0, length) != length) {
        throw new IOException(path + " has ended");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
