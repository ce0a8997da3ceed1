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

      if [ -e /sys/bus/virtio/drivers/virtio_console ]; then
        sh /etc/agents &
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

  /** Starts {@link #AGENT} where its port is; the names of ports come after their driver. */
  static final String AGENTS =
      """
      #!/bin/sh
      tries=100
      while [ $tries -gt 0 ]; do
        for name in /sys/class/virtio-ports/*/name; do
          if [ "$(cat "$name" 2>/dev/null)" = dev.jvmm.agent ]; then
            port=${name%/name}
            exec setsid sh /etc/agent <>"/dev/${port##*/}" >&0 2>/dev/null
          fi
        done
        sleep 0.1
        tries=$((tries - 1))
      done
      """;

  /**
   * Carries out what a program on the host asks by the port {@code dev.jvmm.agent}, one request at
   * a time: a line, {@code exec LENGTH} or {@code put LENGTH}, and so many bytes, a script or what
   * the next script finds in {@code $data}. The answer is {@code done STATUS LENGTH LENGTH} and the
   * bytes of standard output and error.
   */
  static final String AGENT =
      """
      #!/bin/sh
      folder=${JVMM_AGENT:-/run/jvmm}
      export data="$folder/data"
      mkdir -p "$folder" && cd "${HOME:-/}" || exit
      echo "ready 0 0 0"
      while read -r verb length; do
        status=0
        : >"$folder/out"
        : >"$folder/err"
        case $verb in
          put) head -c "$length" >"$data" ;;
          exec)
            head -c "$length" >"$folder/script"
            setsid sh "$folder/script" </dev/null >"$folder/out" 2>"$folder/err"
            status=$?
            ;;
          *) status=255 ;;
        esac
        echo "done $status $(($(wc -c <"$folder/out"))) $(($(wc -c <"$folder/err")))"
        cat "$folder/out" "$folder/err"
      done
      """;

  /** What acpid runs when the power button is pressed. */
  static final String POWER_BUTTON =
      """
      #!/bin/sh
      poweroff -f
      """;

  private DefaultInit() {}
}
