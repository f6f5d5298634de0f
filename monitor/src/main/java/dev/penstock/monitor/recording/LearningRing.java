package dev.penstock.monitor.recording;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/// Values on their way from the writer, who puts them in, to whoever learns from them. One writer and one
/// reader; what finds no room is left out, so a reader that comes too seldom sees fewer values.
final class LearningRing {
    private static final int PLACES = 256;
    private static final int TEXT_BYTES = 64;

    /// What one takes that has numbers or keys.
    static final long BYTES = PLACES * 8L;

    /// What one takes besides that has texts.
    static final long TEXTS_BYTES = PLACES * (TEXT_BYTES + 4L);

    /// Numbers as their bits, keys, or texts' hashes.
    private final long[] values = new long[PLACES];

    /// Made by the writer at the first text.
    private @Nullable Texts texts;

    private final AtomicLong written = new AtomicLong();
    private final AtomicLong read = new AtomicLong();

    private static final class Texts {
        private final int[] lengths = new int[PLACES];
        private final byte[] beginnings = new byte[PLACES * TEXT_BYTES];
    }

    void numbers(double[] numbers, int count) {
        long at = written.getPlain();
        long room = PLACES - (at - read.getAcquire());
        for (int i = 0; i < count && room > 0; i++) {
            double number = numbers[i];
            if (Double.isFinite(number)) {
                values[place(at++)] = Double.doubleToRawLongBits(number);
                room--;
            }
        }
        written.setRelease(at);
    }

    void number(double number) {
        if (Double.isFinite(number)) {
            key(Double.doubleToRawLongBits(number));
        }
    }

    void key(long key) {
        long at = written.getPlain();
        if (at - read.getAcquire() < PLACES) {
            values[place(at)] = key;
            written.setRelease(at + 1);
        }
    }

    void text(MemorySegment memory, long offset, int length, long hash) {
        long at = written.getPlain();
        if (at - read.getAcquire() < PLACES) {
            Texts all = texts;
            if (all == null) {
                all = new Texts();
                texts = all;
            }
            int place = place(at);
            values[place] = hash;
            all.lengths[place] = length;
            MemorySegment.copy(
                    memory, JAVA_BYTE, offset, all.beginnings, place * TEXT_BYTES, Math.min(length, TEXT_BYTES));
            written.setRelease(at + 1);
        }
    }

    /// Takes out what is there, if numbers are put in.
    void drainNumbers(DoubleConsumer to) {
        long end = written.getAcquire();
        for (long at = read.getPlain(); at < end; at++) {
            to.accept(Double.longBitsToDouble(values[place(at)]));
        }
        read.setRelease(end);
    }

    /// Takes out what is there, if keys or texts are put in.
    void drainCategories(Consumer<Category> to) {
        long end = written.getAcquire();
        for (long at = read.getPlain(); at < end; at++) {
            to.accept(category(place(at)));
        }
        read.setRelease(end);
    }

    private Category category(int place) {
        Texts all = texts;
        if (all == null) {
            return Category.of(values[place]);
        }
        int length = all.lengths[place];
        String name = new String(all.beginnings, place * TEXT_BYTES, Math.min(length, TEXT_BYTES), UTF_8);
        return new Category(length > TEXT_BYTES ? name + "…" : name, values[place], length);
    }

    private static int place(long at) {
        return (int) at & (PLACES - 1);
    }
}
