package dev.penstock.loadtest.engine;

import org.HdrHistogram.Histogram;

/// What became of those requests that have one thing in common. Confined to one loop while it runs.
final class PartTally {
    private final Histogram latency = Tally.newHistogram();
    private final long[] errors = new long[Codes.COUNT];
    private boolean empty = true;

    void answered(int code, long nanos) {
        empty = false;
        if (code == Codes.OK) {
            latency.recordValue(nanos);
        } else {
            errors[code]++;
        }
    }

    void add(PartTally other) {
        empty &= other.empty;
        latency.add(other.latency);
        for (int code = 0; code < errors.length; code++) {
            errors[code] += other.errors[code];
        }
    }

    boolean isEmpty() {
        return empty;
    }

    LoadPart named(String kind, String value) {
        return new LoadPart(kind, value, latency.getTotalCount(), Codes.named(errors), latency);
    }
}
