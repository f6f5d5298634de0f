package dev.penstock.loadtest.engine;

import org.HdrHistogram.Histogram;

/// What became of those requests that have one thing in common. Confined to one loop while it runs.
final class PartTally {
    final Histogram latency = Tally.newHistogram();
    final long[] errors = new long[Codes.COUNT];

    void answered(int code, long nanos) {
        if (code == Codes.OK) {
            latency.recordValue(nanos);
        } else {
            errors[code]++;
        }
    }

    void add(PartTally other) {
        latency.add(other.latency);
        for (int code = 0; code < errors.length; code++) {
            errors[code] += other.errors[code];
        }
    }

    LoadPart named(String kind, String value) {
        return new LoadPart(kind, value, latency.getTotalCount(), Codes.named(errors), latency);
    }
}
