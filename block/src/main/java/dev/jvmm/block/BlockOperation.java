package dev.jvmm.block;

/** What a {@link BlockRequest} asks of a disk. */
public enum BlockOperation {
  /** Bytes of the disk into the segments. */
  READ,
  /** Bytes of the segments onto the disk. */
  WRITE,
  /** What was completed before is on stable storage when this completes. */
  FLUSH,
  /** A range is not needed any more; what it reads after is anything. */
  DISCARD,
  /** A range reads zero. */
  WRITE_ZEROES;

  /** Whether it only looks. */
  public boolean isRead() {
    return this == READ;
  }

  /** Whether it has segments. */
  public boolean movesData() {
    return this == READ || this == WRITE;
  }

  /** Whether it may change what the disk holds. */
  public boolean changes() {
    return this == WRITE || this == DISCARD || this == WRITE_ZEROES;
  }
}
