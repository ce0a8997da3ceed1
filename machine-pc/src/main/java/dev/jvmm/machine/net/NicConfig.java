package dev.jvmm.machine.net;

import dev.jvmm.vhost.TapConfig;
import dev.jvmm.virtio.net.MacAddress;

/**
 * What is settled of a network device besides its own properties.
 *
 * @param tap the interface behind it
 * @param mac its address, nobody else's of the machine
 */
public record NicConfig(TapConfig tap, MacAddress mac) {}
