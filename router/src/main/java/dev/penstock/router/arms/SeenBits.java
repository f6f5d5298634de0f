package dev.penstock.router.arms;

import java.util.concurrent.atomic.AtomicLongArray;

/// Which numbers were seen. Thread-safe, never blocks, allocates nothing after it is made.
final class SeenBits {
    private static final int WORD_BITS = 6;

    private final AtomicLongArray words;

    /// @param size numbers are from 0 on and less than this
    SeenBits(int size) {
        words = new AtomicLongArray((size + Long.SIZE - 1) / Long.SIZE);
    }

    boolean has(int number) {
        return (words.getAcquire(number >>> WORD_BITS) & 1L << number) != 0;
    }

    /// @return whether it was not seen before; true for one of those who bring the same number at once
    boolean add(int number) {
        int word = number >>> WORD_BITS;
        long bit = 1L << number;
        // Nearly all were seen before: a look that writes nothing comes first.
        return (words.getAcquire(word) & bit) == 0 && (words.getAndAccumulate(word, bit, (a, b) -> a | b) & bit) == 0;
    }
}
