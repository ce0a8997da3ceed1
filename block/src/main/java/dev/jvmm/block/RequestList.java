package dev.jvmm.block;

import org.jspecify.annotations.Nullable;

/**
 * Requests in a row, linked through themselves, so that waiting costs no memory. A request is in at
 * most one.
 *
 * <p>Thread: confined, or guarded by its owner's monitor.
 */
final class RequestList {

  private @Nullable BlockRequest head;
  private @Nullable BlockRequest tail;

  boolean isEmpty() {
    return head == null;
  }

  void add(BlockRequest request) {
    request.next = null;
    if (tail == null) {
      head = request;
    } else {
      tail.next = request;
    }
    tail = request;
  }

  @Nullable BlockRequest peek() {
    return head;
  }

  @Nullable BlockRequest poll() {
    BlockRequest first = head;
    if (first != null) {
      head = first.next;
      first.next = null;
      if (head == null) {
        tail = null;
      }
    }
    return first;
  }

  /** Takes one out, which costs a look at those before it; false if it is not in. */
  boolean remove(BlockRequest request) {
    BlockRequest before = null;
    BlockRequest here = head;
    while (here != null && here != request) {
      before = here;
      here = here.next;
    }
    if (here == null) {
      return false;
    }
    if (before == null) {
      head = here.next;
    } else {
      before.next = here.next;
    }
    if (tail == here) {
      tail = before;
    }
    here.next = null;
    return true;
  }

  /** Moves all of {@code other} to the end of this. */
  void addAll(RequestList other) {
    if (other.head == null) {
      return;
    }
    if (tail == null) {
      head = other.head;
    } else {
      tail.next = other.head;
    }
    tail = other.tail;
    other.head = null;
    other.tail = null;
  }
}
