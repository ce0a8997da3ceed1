package dev.jvmm.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives tests a virtual machine that boots: a parameter of the type {@link Guest} is it. On a
 * method it stands before that of the class.
 *
 * <pre>{@code
 * @WithGuest
 * class KernelTest {
 *   @Test
 *   void kernel_isLinux(Guest vm) throws Exception {
 *     assertThat(vm.exec("uname -s").stdout()).isEqualTo("Linux\n");
 *   }
 * }
 * }</pre>
 *
 * <p>Values are written as on the command line, and what can't be is refused in the same words.
 * Where the host can't run a guest, the tests are skipped and say why.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(GuestExtension.class)
public @interface WithGuest {

  /** {@code -machine}: {@code pc}, or {@code microvm} with its parts. */
  String machine() default "pc";

  /** {@code -m}. */
  String memory() default "512M";

  /** {@code -smp}. */
  String cpus() default "1";

  /** {@code -kernel}, a file; nothing: the built-in guest. */
  String kernel() default "";

  /** {@code -initrd}, a file. */
  String initrd() default "";

  /** {@code -append}: the kernel's words; nothing: {@code console=ttyS0 quiet panic=5}. */
  String append() default "";

  /** {@code -device}, one each. */
  String[] devices() default {};

  /** How long it lives. */
  Lifetime lifetime() default Lifetime.METHOD;

  /** Who carries out what a test asks for. */
  Agent agent() default Agent.AUTO;

  /** How long a boot may take until the agent answers, in seconds. */
  int bootSeconds() default 120;
}
