package dev.jvmm.linux.vhost;

/** The numbers of vhost's requests (linux/vhost.h), which a test compares with the headers. */
final class VhostRequest {

  static final long GET_FEATURES = 0x8008_AF00L;
  static final long SET_FEATURES = 0x4008_AF00L;
  static final long SET_OWNER = 0xAF01L;
  static final long RESET_OWNER = 0xAF02L;
  static final long SET_MEM_TABLE = 0x4008_AF03L;
  static final long SET_LOG_BASE = 0x4008_AF04L;
  static final long SET_LOG_FD = 0x4004_AF07L;
  static final long SET_VRING_NUM = 0x4008_AF10L;
  static final long SET_VRING_ADDR = 0x4028_AF11L;
  static final long SET_VRING_BASE = 0x4008_AF12L;
  static final long GET_VRING_BASE = 0xC008_AF12L;
  static final long SET_VRING_KICK = 0x4008_AF20L;
  static final long SET_VRING_CALL = 0x4008_AF21L;
  static final long SET_VRING_ERR = 0x4008_AF22L;
  static final long NET_SET_BACKEND = 0x4008_AF30L;
  static final long VSOCK_SET_GUEST_CID = 0x4008_AF60L;
  static final long VSOCK_SET_RUNNING = 0x4004_AF61L;

  private VhostRequest() {}
}
