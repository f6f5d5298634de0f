package dev.penstock.loadtest.engine;

import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// A queue of slots with a fixed number of places. First in, first out.
final class SlotRing {
    private final @Nullable Slot[] slots;
    private int head;
    private int size;

    SlotRing(int places) {
        this.slots = new @Nullable Slot[places];
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /// @throws IllegalStateException if it is full
    void add(Slot slot) {
        if (size == slots.length) {
            throw new IllegalStateException("slots: " + size + " (expected: fewer)");
        }
        int at = head + size++;
        slots[at < slots.length ? at : at - slots.length] = slot;
    }

    @Nullable
    Slot peek() {
        return size == 0 ? null : slots[head];
    }

    /// @throws NoSuchElementException if it is empty
    Slot take() {
        Slot slot = peek();
        if (slot == null) {
            throw new NoSuchElementException("slots: 0 (expected: some)");
        }
        slots[head] = null;
        head = head + 1 == slots.length ? 0 : head + 1;
        size--;
        return slot;
    }

    /// Does nothing if it is not there.
    void remove(Slot slot) {
        for (int left = size; left > 0; left--) {
            Slot other = take();
            if (other != slot) {
                add(other);
            }
        }
    }

    boolean contains(Slot slot) {
        for (int i = 0; i < size; i++) {
            if (slots[(head + i) % slots.length] == slot) {
                return true;
            }
        }
        return false;
    }

    void clear() {
        while (size > 0) {
            take();
        }
    }
}
