package dev.jvmm.vcpu.cpuid;

import dev.jvmm.kvm.CpuidEntry;
import java.util.Arrays;
import java.util.List;

/**
 * A list of CPUID leaves while it is being made. A leaf that is not in it reads 0, as KVM answers.
 *
 * <p>Thread: confined to the policy that makes it.
 */
final class CpuidLeaves {

  static final int EAX = 0;
  static final int EBX = 1;
  static final int ECX = 2;
  static final int EDX = 3;

  /** KVM_MAX_CPUID_ENTRIES: KVM_SET_CPUID2 refuses a longer list. */
  static final int MAX_ENTRIES = 256;

  private static final int FUNCTION = 0;
  private static final int INDEX = 1;
  private static final int FLAGS = 2;
  private static final int REGISTERS = 3;
  private static final int STRIDE = 7;

  /** In the flags of an entry that stays though it holds nothing; KVM never sees it. */
  private static final int PINNED = 1 << 31;

  private int[] cells;
  private int rows;

  private CpuidLeaves(int[] cells, int rows) {
    this.cells = cells;
    this.rows = rows;
  }

  static CpuidLeaves of(List<CpuidEntry> entries) {
    int[] cells = new int[(entries.size() + 16) * STRIDE];
    int at = 0;
    for (int i = 0; i < entries.size(); i++) {
      CpuidEntry entry = entries.get(i);
      if ((entry.eax() | entry.ebx() | entry.ecx() | entry.edx()) == 0) {
        continue; // half of what KVM lists; every search below is shorter without
      }
      cells[at + FUNCTION] = entry.function();
      cells[at + INDEX] = entry.index();
      cells[at + FLAGS] = entry.flags();
      cells[at + REGISTERS + EAX] = entry.eax();
      cells[at + REGISTERS + EBX] = entry.ebx();
      cells[at + REGISTERS + ECX] = entry.ecx();
      cells[at + REGISTERS + EDX] = entry.edx();
      at += STRIDE;
    }
    return new CpuidLeaves(cells, at / STRIDE);
  }

  CpuidLeaves copy() {
    return new CpuidLeaves(cells.clone(), rows);
  }

  int rows() {
    return rows;
  }

  int function(int row) {
    return cells[row * STRIDE + FUNCTION];
  }

  int index(int row) {
    return cells[row * STRIDE + INDEX];
  }

  int at(int row, int register) {
    return cells[row * STRIDE + REGISTERS + register];
  }

  void setAt(int row, int register, int value) {
    cells[row * STRIDE + REGISTERS + register] = value;
  }

  boolean has(int function, int index) {
    return row(function, index) >= 0;
  }

  int get(int function, int index, int register) {
    int row = row(function, index);
    return row < 0 ? 0 : at(row, register);
  }

  int get(int function, int register) {
    return get(function, 0, register);
  }

  /** Makes the leaf when it is not there and the value is not 0. */
  void set(int function, int index, int register, int value) {
    int row = row(function, index);
    if (row < 0) {
      if (value == 0) {
        return;
      }
      row = add(function, index);
    }
    setAt(row, register, value);
  }

  void set(int function, int register, int value) {
    set(function, 0, register, value);
  }

  /** Makes a leaf that stays in the list though it holds nothing. */
  void pin(int function) {
    int row = row(function, 0);
    row = row < 0 ? add(function, 0) : row;
    cells[row * STRIDE + FLAGS] |= PINNED;
  }

  void or(int function, int register, int bits) {
    set(function, register, get(function, register) | bits);
  }

  void clear(int function, int register, int bits) {
    set(function, register, get(function, register) & ~bits);
  }

  /** All four registers at once. */
  void put(int function, int index, int[] values) {
    for (int register = EAX; register <= EDX; register++) {
      set(function, index, register, values[register]);
    }
  }

  /** Removes a leaf with all its subleaves. */
  void remove(int function) {
    int kept = 0;
    for (int row = 0; row < rows; row++) {
      if (function(row) != function) {
        move(row, kept++);
      }
    }
    rows = kept;
  }

  void removeRow(int row) {
    for (int next = row + 1; next < rows; next++) {
      move(next, next - 1);
    }
    rows--;
  }

  /** The last leaf of its range (the top four bits) that holds anything, or its first leaf. */
  int last(int range) {
    int last = range;
    for (int row = 0; row < rows; row++) {
      int function = function(row);
      if ((function & 0xF000_0000) == range && function > last && !isZero(row)) {
        last = function;
      }
    }
    return last;
  }

  /** Removes what lies behind a range's last leaf. */
  void removeAfter(int last) {
    int range = last & 0xF000_0000;
    for (int row = rows - 1; row >= 0; row--) {
      if ((function(row) & 0xF000_0000) == range && function(row) > last) {
        removeRow(row);
      }
    }
  }

  /** In the order of leaf and subleaf, without those that hold nothing. */
  CpuidEntry[] entries() {
    CpuidEntry[] entries = new CpuidEntry[rows];
    int count = 0;
    for (int row = 0; row < rows; row++) {
      if (isZero(row)) {
        continue;
      }
      int slot = count++;
      while (slot > 0 && isBefore(row, entries[slot - 1])) {
        entries[slot] = entries[slot - 1];
        slot--;
      }
      entries[slot] =
          new CpuidEntry(
              function(row),
              index(row),
              cells[row * STRIDE + FLAGS] & ~PINNED,
              at(row, EAX),
              at(row, EBX),
              at(row, ECX),
              at(row, EDX));
    }
    if (count > MAX_ENTRIES) {
      throw new IllegalStateException(count + " CPUID leaves; KVM takes " + MAX_ENTRIES);
    }
    return Arrays.copyOf(entries, count);
  }

  private boolean isBefore(int row, CpuidEntry entry) {
    int order = Integer.compareUnsigned(function(row), entry.function());
    return order < 0 || (order == 0 && index(row) < entry.index());
  }

  private int row(int function, int index) {
    for (int row = 0, at = 0; row < rows; row++, at += STRIDE) {
      if (cells[at + FUNCTION] == function && cells[at + INDEX] == index) {
        return row;
      }
    }
    return -1;
  }

  private int add(int function, int index) {
    if ((rows + 1) * STRIDE > cells.length) {
      cells = Arrays.copyOf(cells, cells.length * 2);
    }
    int row = rows++;
    Arrays.fill(cells, row * STRIDE, (row + 1) * STRIDE, 0);
    cells[row * STRIDE + FUNCTION] = function;
    cells[row * STRIDE + INDEX] = index;
    cells[row * STRIDE + FLAGS] = hasSubleaves(function) ? CpuidEntry.SIGNIFICANT_INDEX : 0;
    return row;
  }

  private static boolean hasSubleaves(int function) {
    return switch (function) {
      case 0x4, 0x7, 0xB, 0xD, 0xF, 0x10, 0x12, 0x14, 0x17, 0x18, 0x1F, 0x8000_001D -> true;
      default -> false;
    };
  }

  private boolean isZero(int row) {
    int pinned = cells[row * STRIDE + FLAGS] & PINNED;
    return (pinned | at(row, EAX) | at(row, EBX) | at(row, ECX) | at(row, EDX)) == 0;
  }

  private void move(int from, int to) {
    System.arraycopy(cells, from * STRIDE, cells, to * STRIDE, STRIDE);
  }
}
