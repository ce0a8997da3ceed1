/**
 * Networks as the user describes them: typed, checked, not yet opened.
 *
 * <p>Called by the builder and the catalog, which make them of text, and by embedders.
 *
 * <p>Must not know how they are opened.
 */
package dev.jvmm.machine.net;
