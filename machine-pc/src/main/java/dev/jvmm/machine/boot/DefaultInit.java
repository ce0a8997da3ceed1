package dev.jvmm.machine.boot;

/**
 * The scripts of the built-in guest.
 *
 * <p>Thread: stateless.
 */
final class DefaultInit {

  /**
   * Process 1. The user's shell runs in the foreground: in the background it would ignore Ctrl-C,
   * and so would everything started from it. A shell in the foreground keeps process 1 from
   * answering the signals of busybox's {@code poweroff}, so that one and its like act at once
   * instead.
   */
  static final String INIT =
      """
      #!/bin/sh
      export PATH=/bin HOME=/root ENV=/etc/shell
      /bin/busybox mount -t proc proc /proc
      /bin/busybox --install -s /bin
      mount -t sysfs sysfs /sys
      mount -t devtmpfs dev /dev
      mkdir -p /dev/pts /dev/shm
      mount -t devpts devpts /dev/pts
      mount -t tmpfs tmpfs /dev/shm
      mount -t tmpfs tmpfs /tmp
      hostname jvmm
      while read -r module; do
        words=
        case $module in
          virtio_mmio.*) words=$(tr ' ' '\\n' </proc/cmdline | sed -n 's/^virtio_mmio[.]//p') ;;
        esac
        case $module in
          *.xz) xzcat "/lib/modules/$module" >/tmp/module.ko && insmod /tmp/module.ko $words ;;
          *) insmod "/lib/modules/$module" $words ;;
        esac
      done </etc/modules
      rm -f /tmp/module.ko
      if [ ! -t 0 ]; then # the console's driver was a module
        exec </dev/console >/dev/console 2>&1
      fi

      ip link set lo up
      if [ -e /sys/class/net/eth0 ]; then
        ip link set eth0 up
        udhcpc -f -i eth0 -s /etc/udhcpc </dev/null >/dev/null 2>&1 &
      fi
      if [ -e /dev/input/event0 ]; then
        acpid -l /dev/null
      fi

      echo
      echo "jvmm: Linux $(uname -r) with busybox; poweroff, or exit, ends it"
      setsid cttyhack sh
      poweroff -f
      """;

  /** What an interactive shell reads first: names in it come before busybox's own commands. */
  static final String SHELL =
      """
      poweroff() { busybox poweroff -f; }
      reboot() { busybox reboot -f; }
      halt() { busybox halt -f; }
      """;

  /** What udhcpc runs when it has an address, or none any more. */
  static final String DHCP =
      """
      #!/bin/sh
      case $1 in
        deconfig)
          ip addr flush dev "$interface"
          ip link set "$interface" up
          ;;
        bound | renew)
          ip addr replace "$ip/${mask:-24}" dev "$interface"
          for gateway in $router; do
            ip route replace default via "$gateway" dev "$interface"
            break
          done
          for server in $dns; do
            echo "nameserver $server"
          done >/etc/resolv.conf
          ;;
      esac
      """;

  /** What acpid runs when the power button is pressed. */
  static final String POWER_BUTTON =
      """
      #!/bin/sh
      poweroff -f
      """;

  private DefaultInit() {}
}
