/**
 * The one downcall of the project, the numbers of the system calls, and each thread's scratch
 * memory.
 *
 * <p>Called by the other packages of this module only; the module doesn't export it.
 *
 * <p>Must not know what a call is for: values and {@code -errno} in, values and {@code -errno} out.
 */
package dev.jvmm.linux.libc;
