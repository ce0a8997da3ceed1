package example;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.junit.Guest;
import dev.jvmm.junit.Lifetime;
import dev.jvmm.junit.WithGuest;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** One machine for the class: what the kernel of this host is like from inside. */
@WithGuest(lifetime = Lifetime.CLASS, memory = "256M", devices = "virtio-rng-pci")
class GuestKernelTest {

  @Test
  void console_shows(Guest vm) throws Exception {
    vm.console().expect("jvmm: Linux", Duration.ofMinutes(1));
  }

  @Test
  void kernel_isThatOfThisHost(Guest vm) throws Exception {
    assertThat(vm.exec("uname -s").orFail().stdout()).isEqualTo("Linux\n");
  }

  @Test
  void file_goesInAndOut(Guest vm) throws Exception {
    vm.write("/tmp/list", "b\na\n");
    vm.exec("sort /tmp/list >/tmp/sorted").orFail();
    assertThat(vm.read("/tmp/sorted")).asString().isEqualTo("a\nb\n");
  }

  @Test
  void entropy_comesFromTheDevice(Guest vm) throws Exception {
    assertThat(vm.exec("head -c 16 /dev/hwrng | wc -c").orFail().stdout().strip()).isEqualTo("16");
  }
}
