# What demo and verify ask of this host; sourced by them, with `me` set to the caller's name.
# shellcheck shell=sh

fail() {
  echo "$me: $*" >&2
  exit 1
}

# Is there a JDK 25 or later, with its compiler, in this folder? Its `release` file tells without running it.
is_jdk() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  jdk_version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
  [ "${jdk_version:-0}" -ge 25 ]
}

# Sets and exports JAVA_HOME, in the launcher's order of search; fails if there is no JDK.
find_jdk() {
  javac=$(command -v javac) && javac=$(readlink -f "$javac")
  for jdk in "${JVMM_JAVA_HOME-}" "${JAVA_HOME-}" "${javac%/bin/javac}" /usr/lib/jvm/*; do
    if is_jdk "$jdk"; then
      export JAVA_HOME="$jdk"
      return
    fi
  done
  return 1
}

# Can its /dev/kvm run a kernel as it is? Other modules than these two emulate most of what a kernel does, or fail. The
# same rule as jvmm's own (KvmDevice.java).
runs_unmodified_guests() {
  [ -e /dev/kvm ] && { [ -e /sys/module/kvm_intel ] || [ -e /sys/module/kvm_amd ]; }
}

missing=

# Notes a package as missing unless the command is there.
need() {
  command -v "$2" >/dev/null 2>&1 || missing="$missing $1"
}

# Debian keeps some of them out of a user's PATH.
need_in_sbin() {
  PATH=$PATH:/usr/sbin:/sbin need "$1" "$2"
}

# With the headers of the C library and the kernel, which gcc's package only recommends.
need_c_compiler() {
  need gcc gcc
  [ -e /usr/include/linux/kvm.h ] && [ -e /usr/include/stdio.h ] || missing="$missing libc6-dev"
}

need_static_busybox() {
  for candidate in /usr/bin/busybox /bin/busybox; do
    [ -x "$candidate" ] && ! ldd "$candidate" >/dev/null 2>&1 && return
  done
  missing="$missing busybox-static"
}

boot=/boot
modules=/lib/modules

# A kernel image with its modules. The package's name is Debian's, else Ubuntu's, where root alone can read it: another
# one would be no better.
need_kernel() {
  unreadable=
  for image in "$boot"/vmlinuz-*; do
    [ -d "$modules/${image#"$boot"/vmlinuz-}" ] || continue
    [ -r "$image" ] && return
    [ -e "$image" ] && unreadable=$image
  done
  [ -z "$unreadable" ] || fail "$unreadable: root alone can read it; run: sudo chmod a+r $boot/vmlinuz-*"
  missing="$missing linux-image"
}

need_jdk() {
  find_jdk || missing="$missing jdk"
}

# The first of the packages that the suite has.
first_available() {
  for package; do
    if apt-cache show "$package" 2>/dev/null | grep -q '^Filename:'; then
      echo "$package"
      return
    fi
  done
  return 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo "$@"
  else
    fail "needs root, or sudo, for: $*"
  fi
}

# Installs what the calls above found missing; touches neither apt nor the network when that is nothing.
install_missing() {
  [ -n "$missing" ] || return 0
  command -v apt-get >/dev/null 2>&1 || fail "install these, under the names that they have here:$missing"
  echo "$me: missing:$missing; asking apt"
  as_root apt-get -q update || fail "apt-get update does not work; install these by hand:$missing"
  packages=
  for package in $missing; do
    case $package in
      jdk)
        package=$(first_available openjdk-25-jdk-headless openjdk-26-jdk-headless openjdk-27-jdk-headless) ||
          fail "needs a JDK 25 or later, which this suite has not: unpack one (such as Temurin 25) below /usr/lib/jvm"
        ;;
      linux-image)
        package=$(first_available linux-image-amd64 linux-image-generic) || fail "this suite has no kernel image"
        ;;
    esac
    packages="$packages $package"
  done
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends $packages ||
    fail "apt-get cannot install:$packages"
  find_jdk || fail "the installed JDK is not found; set JAVA_HOME"
}
