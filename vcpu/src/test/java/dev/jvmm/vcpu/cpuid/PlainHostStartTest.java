package dev.jvmm.vcpu.cpuid;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.kvm.CpuidEntry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Start-up: the default CPU loads neither the table of features nor the parser. */
class PlainHostStartTest {

  /** Runs in classes of its own, and says which were loaded. */
  private static final class Recording extends ClassLoader {

    private final List<String> loaded = new ArrayList<>();

    Recording() {
      super(PlainHostStartTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith("dev.jvmm.")) {
        return super.loadClass(name, resolve);
      }
      Class<?> known = findLoadedClass(name);
      if (known != null) {
        return known;
      }
      loaded.add(name.substring(name.lastIndexOf('.') + 1));
      byte[] bytes = bytes(name);
      return defineClass(name, bytes, 0, bytes.length);
    }

    private byte[] bytes(String name) {
      try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
        return in.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** What runs inside. */
  public static final class Start implements Runnable {

    /** For the loader. */
    public Start() {}

    @Override
    public void run() {
      HostCpu host = HostCpu.of(List.of(new CpuidEntry(0, 0, 0, 0xD, 1, 2, 3)), true, false);
      CpuidPolicy policy = CpuidPolicy.of(host, CpuConfig.parse("host"), CpuTopology.of(2));
      if (policy.entries(1).isEmpty()) {
        throw new AssertionError("no leaves");
      }
    }
  }

  @Test
  void plainHost_loadsNoTableAndNoParser() throws ReflectiveOperationException {
    Recording loader = new Recording();
    Runnable start =
        (Runnable) loader.loadClass(Start.class.getName()).getDeclaredConstructor().newInstance();

    start.run();

    assertThat(loader.loaded)
        .contains("CpuidPolicy", "CpuConfig", "HostCpu")
        .doesNotContain("CpuFeatures", "CpuFeature", "CpuOptionParser", "FeatureSelection");
  }
}
