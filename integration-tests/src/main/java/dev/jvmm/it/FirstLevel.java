package dev.jvmm.it;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a class of tests asks of the first level that it runs in, where it needs one. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface FirstLevel {

  /**
   * About how long the class takes there; classes share a first level up to two and a half minutes.
   */
  int seconds() default 30;

  /** Its CPUs; more than one at the risk that {@code nested/run} tells of. */
  int cpus() default 1;

  /** Its memory, as QEMU's {@code -m} takes it. */
  String memory() default "4G";

  /** The size of an ext4 disk at /scratch, which takes O_DIRECT; none if empty. */
  String scratch() default "";

  /** The size of an empty disk besides, none if empty; its device is in {@code JVMM_RAW}. */
  String raw() default "";
}
