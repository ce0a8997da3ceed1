package dev.jvmm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A vCPU's segment, control and table registers ({@code struct kvm_sregs}).
 *
 * <p>Thread: confined to whoever made it. Read them from the vCPU first, change, write: the APIC
 * base and the pending interrupt are in here as well.
 */
public final class KvmSregs {

  /** Names CS for {@link #segment}. */
  public static final long CS = 0;

  /** Names DS for {@link #segment}. */
  public static final long DS = 24;

  /** Names ES for {@link #segment}. */
  public static final long ES = 48;

  /** Names FS for {@link #segment}. */
  public static final long FS = 72;

  /** Names GS for {@link #segment}. */
  public static final long GS = 96;

  /** Names SS for {@link #segment}. */
  public static final long SS = 120;

  /** Names TR for {@link #segment}. */
  public static final long TR = 144;

  /** Names LDTR for {@link #segment}. */
  public static final long LDT = 168;

  static final long GDT = 192;
  static final long IDT = 208;
  static final long CR0 = 224;
  static final long CR2 = 232;
  static final long CR3 = 240;
  static final long CR4 = 248;
  static final long CR8 = 256;
  static final long EFER = 264;
  static final long APIC_BASE = 272;
  static final long INTERRUPT_BITMAP = 280;
  static final long SIZE = 312;

  static final long SEGMENT_BASE = 0;
  static final long SEGMENT_LIMIT = 8;
  static final long SEGMENT_SELECTOR = 12;
  static final long SEGMENT_TYPE = 14;
  static final long SEGMENT_PRESENT = 15;
  static final long SEGMENT_DPL = 16;
  static final long SEGMENT_DB = 17;
  static final long SEGMENT_S = 18;
  static final long SEGMENT_L = 19;
  static final long SEGMENT_G = 20;
  static final long SEGMENT_AVL = 21;
  static final long SEGMENT_UNUSABLE = 22;
  static final long TABLE_BASE = 0;
  static final long TABLE_LIMIT = 8;

  private final MemorySegment memory;

  private KvmSregs(MemorySegment memory) {
    this.memory = memory;
  }

  /** All zero, which is no state that a guest can start in. */
  public static KvmSregs allocate(Arena arena) {
    return new KvmSregs(arena.allocate(SIZE, Long.BYTES));
  }

  /** The struct itself. */
  public MemorySegment memory() {
    return memory;
  }

  /**
   * One segment register with its hidden part.
   *
   * @param name one of {@link #CS} to {@link #LDT}
   */
  public SegmentRegister segment(long name) {
    int rights =
        (memory.get(JAVA_BYTE, name + SEGMENT_TYPE) & 0xF)
            | flag(name + SEGMENT_S, SegmentRegister.S)
            | ((memory.get(JAVA_BYTE, name + SEGMENT_DPL) & 3) << SegmentRegister.DPL_SHIFT)
            | flag(name + SEGMENT_PRESENT, SegmentRegister.PRESENT)
            | flag(name + SEGMENT_AVL, SegmentRegister.AVL)
            | flag(name + SEGMENT_L, SegmentRegister.L)
            | flag(name + SEGMENT_DB, SegmentRegister.DB)
            | flag(name + SEGMENT_G, SegmentRegister.G)
            | flag(name + SEGMENT_UNUSABLE, SegmentRegister.UNUSABLE);
    return new SegmentRegister(
        Short.toUnsignedInt(memory.get(JAVA_SHORT, name + SEGMENT_SELECTOR)),
        memory.get(JAVA_LONG, name + SEGMENT_BASE),
        memory.get(JAVA_INT, name + SEGMENT_LIMIT),
        rights);
  }

  private int flag(long offset, int bit) {
    return memory.get(JAVA_BYTE, offset) == 0 ? 0 : bit;
  }

  /** Loads a segment register, hidden part and all. */
  public void setSegment(long name, SegmentRegister register) {
    int rights = register.accessRights();
    memory.set(JAVA_LONG, name + SEGMENT_BASE, register.base());
    memory.set(JAVA_INT, name + SEGMENT_LIMIT, register.limit());
    memory.set(JAVA_SHORT, name + SEGMENT_SELECTOR, (short) register.selector());
    memory.set(JAVA_BYTE, name + SEGMENT_TYPE, (byte) (rights & 0xF));
    memory.set(JAVA_BYTE, name + SEGMENT_DPL, (byte) ((rights >> SegmentRegister.DPL_SHIFT) & 3));
    setFlag(name + SEGMENT_S, rights & SegmentRegister.S);
    setFlag(name + SEGMENT_PRESENT, rights & SegmentRegister.PRESENT);
    setFlag(name + SEGMENT_AVL, rights & SegmentRegister.AVL);
    setFlag(name + SEGMENT_L, rights & SegmentRegister.L);
    setFlag(name + SEGMENT_DB, rights & SegmentRegister.DB);
    setFlag(name + SEGMENT_G, rights & SegmentRegister.G);
    setFlag(name + SEGMENT_UNUSABLE, rights & SegmentRegister.UNUSABLE);
  }

  private void setFlag(long offset, int bit) {
    memory.set(JAVA_BYTE, offset, (byte) (bit == 0 ? 0 : 1));
  }

  /**
   * Where the GDT is.
   *
   * @param limitBytes its size less one, 16 bits
   */
  public void setGdt(long base, int limitBytes) {
    memory.set(JAVA_LONG, GDT + TABLE_BASE, base);
    memory.set(JAVA_SHORT, GDT + TABLE_LIMIT, (short) limitBytes);
  }

  public long gdtBase() {
    return memory.get(JAVA_LONG, GDT + TABLE_BASE);
  }

  public int gdtLimit() {
    return Short.toUnsignedInt(memory.get(JAVA_SHORT, GDT + TABLE_LIMIT));
  }

  /**
   * Where the IDT is.
   *
   * @param limitBytes its size less one, 16 bits
   */
  public void setIdt(long base, int limitBytes) {
    memory.set(JAVA_LONG, IDT + TABLE_BASE, base);
    memory.set(JAVA_SHORT, IDT + TABLE_LIMIT, (short) limitBytes);
  }

  public long idtBase() {
    return memory.get(JAVA_LONG, IDT + TABLE_BASE);
  }

  public int idtLimit() {
    return Short.toUnsignedInt(memory.get(JAVA_SHORT, IDT + TABLE_LIMIT));
  }

  /** Word {@code index}, 0 to 3, of the bitmap with the one external interrupt that is pending. */
  public long interruptBitmap(int index) {
    return memory.get(JAVA_LONG, INTERRUPT_BITMAP + (long) index * Long.BYTES);
  }

  public void setInterruptBitmap(int index, long bits) {
    memory.set(JAVA_LONG, INTERRUPT_BITMAP + (long) index * Long.BYTES, bits);
  }

  public long cr0() {
    return memory.get(JAVA_LONG, CR0);
  }

  public void setCr0(long value) {
    memory.set(JAVA_LONG, CR0, value);
  }

  public long cr2() {
    return memory.get(JAVA_LONG, CR2);
  }

  public void setCr2(long value) {
    memory.set(JAVA_LONG, CR2, value);
  }

  public long cr3() {
    return memory.get(JAVA_LONG, CR3);
  }

  public void setCr3(long value) {
    memory.set(JAVA_LONG, CR3, value);
  }

  public long cr4() {
    return memory.get(JAVA_LONG, CR4);
  }

  public void setCr4(long value) {
    memory.set(JAVA_LONG, CR4, value);
  }

  public long cr8() {
    return memory.get(JAVA_LONG, CR8);
  }

  public void setCr8(long value) {
    memory.set(JAVA_LONG, CR8, value);
  }

  public long efer() {
    return memory.get(JAVA_LONG, EFER);
  }

  public void setEfer(long value) {
    memory.set(JAVA_LONG, EFER, value);
  }

  public long apicBase() {
    return memory.get(JAVA_LONG, APIC_BASE);
  }

  public void setApicBase(long value) {
    memory.set(JAVA_LONG, APIC_BASE, value);
  }
}
