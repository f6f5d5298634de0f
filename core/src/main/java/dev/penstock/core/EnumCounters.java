package dev.penstock.core;

import java.util.EnumMap;
import java.util.concurrent.atomic.LongAdder;

/// One counter for each constant of an enum. Any thread counts and reads; counting does not contend.
public final class EnumCounters<E extends Enum<E>> {
    private final EnumMap<E, LongAdder> counters;

    public EnumCounters(Class<E> type) {
        counters = new EnumMap<>(type);
        for (E constant : type.getEnumConstants()) {
            counters.put(constant, new LongAdder());
        }
    }

    public void increment(E constant) {
        counterOf(constant).increment();
    }

    public long count(E constant) {
        return counterOf(constant).sum();
    }

    private LongAdder counterOf(E constant) {
        LongAdder counter = counters.get(constant);
        if (counter == null) {
            throw new AssertionError(constant);
        }
        return counter;
    }
}
