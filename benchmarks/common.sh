# What the benchmarks share; sourced by them, with `me` set to the caller's name.
# shellcheck shell=bash

# shellcheck disable=SC2034 # of use to the callers
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/jvmm-benchmark.XXXXXX")
trap 'rm -rf "$work"' EXIT

fail() {
  echo "$me: $*" >&2
  exit 1
}

need_kvm() {
  [[ -r /dev/kvm && -w /dev/kvm ]] || fail "/dev/kvm can't be opened: there is nothing to measure"
}

need_build() {
  [[ -d $root/cli/target/dist/lib ]] || fail "jvmm is not built; run ./mvnw package"
}

has_qemu() {
  type qemu-system-x86_64 >/dev/null 2>&1
}

# Builds src/main/c/NAME.c to $work/NAME.
compile() {
  type gcc >/dev/null 2>&1 || fail "no C compiler; install the package gcc"
  gcc -O2 -Wall -Werror -o "$work/$1" "$root/benchmarks/src/main/c/$1.c"
}

# Runs a Java program of this module, by the options that the launcher gives to jvmm: java_main CLASS [argument...]. JVM
# options in the array jvm come after them.
jvm=()
java_main() {
  find_java
  local options=''
  eval "$(sed -n '/^options="/,/"$/p' "$root/jvmm")"
  [[ $options ]] || fail "$root/jvmm: its JVM options are not found"
  local modules=$root/benchmarks/target/classes class=$1
  [[ -d $modules ]] || fail "the benchmarks are not built; run ./mvnw package"
  shift
  # shellcheck disable=SC2086
  "$java_home/bin/java" $options ${jvm[@]+"${jvm[@]}"} --add-modules java.management,jdk.management --module-path "$modules:$root/cli/target/dist/lib" \
    -m "dev.jvmm.benchmarks/dev.jvmm.benchmarks.$class" "$@"
}

# The launcher's order of search.
find_java() {
  for java_home in "${JVMM_JAVA_HOME-}" "${JAVA_HOME-}" /usr/lib/jvm/*; do
    [[ -x $java_home/bin/java && -r $java_home/release ]] && grep -Eq '^JAVA_VERSION="(2[5-9]|[3-9][0-9])' "$java_home/release" && return
  done
  fail "no Java 25 or later found; set JAVA_HOME"
}

# --- Tiny guests

# A number as WIDTH little-endian bytes, in the form that printf %b takes.
little_endian() {
  local number=$(($1)) width=$2
  while ((width--)); do
    printf '\\x%02x' $((number & 255))
    number=$((number >> 8))
  done
}

# Writes an ELF kernel with a PVH note, as Linux has one, so that every machine of jvmm and QEMU boots it: protected mode,
# 32 bits, flat segments. tiny_kernel FILE HEX... - the code, as bytes in hexadecimal.
tiny_kernel() {
  local file=$1 gpa=0x100000 header=0xc8 hex code=''
  shift
  for hex in "$@"; do
    code+="\\x$hex"
  done
  local size=$((header + $#))
  {
    # The ELF header: 64 bits, executable, x86-64; two program headers follow it.
    printf '\x7fELF\x02\x01\x01%b' "$(little_endian 0 9)$(little_endian 2 2)$(little_endian 62 2)"
    printf '%b' "$(little_endian 1 4)$(little_endian gpa+header 8)$(little_endian 64 8)$(little_endian 0 8)"
    printf '%b' "$(little_endian 0 4)$(little_endian 64 2)$(little_endian 56 2)$(little_endian 2 2)"
    printf '%b' "$(little_endian 64 2)$(little_endian 0 2)$(little_endian 0 2)"
    # To load: all of the file. A note: the entry for PVH.
    printf '%b' "$(little_endian 1 4)$(little_endian 7 4)$(little_endian 0 8)$(little_endian gpa 8)"
    printf '%b' "$(little_endian gpa 8)$(little_endian size 8)$(little_endian size 8)$(little_endian 4096 8)"
    printf '%b' "$(little_endian 4 4)$(little_endian 4 4)$(little_endian 0xb0 8)$(little_endian gpa+0xb0 8)"
    printf '%b' "$(little_endian gpa+0xb0 8)$(little_endian 24 8)$(little_endian 24 8)$(little_endian 4 8)"
    printf '%bXen\x00%b' "$(little_endian 4 4)$(little_endian 8 4)$(little_endian 18 4)" "$(little_endian gpa+header 8)"
    printf '%b' "$code"
  } >"$file"
}

# --- Tables

# The minimum and the median of the numbers in $work/FILE, or dashes where there is none: figures FILE DIVISOR DIGITS.
figures() {
  if [[ ! -e $work/$1 ]]; then
    echo "- -"
    return
  fi
  sort -n "$work/$1" | awk -v divisor="$2" -v digits="$3" '
    { sample[NR] = $1 / divisor }
    END { printf "%.*f %.*f\n", digits, sample[1], digits, (sample[int((NR + 1) / 2)] + sample[int(NR / 2) + 1]) / 2 }'
}

# A line of a table: what, min, p50, target, QEMU's.
row() {
  printf '%-44s %10s %10s %10s   %s\n' "$@"
}
