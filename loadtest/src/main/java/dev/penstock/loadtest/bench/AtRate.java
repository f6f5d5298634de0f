package dev.penstock.loadtest.bench;

import java.time.Duration;

/// A server that is asked at a rate, however long its answers take.
///
/// @param percent of the most it can do
/// @param most answers per second
record AtRate(Served served, int percent, double most) implements Contestant {
    @Override
    public Child process() {
        return served.process();
    }

    @Override
    public Cell cell() {
        Cell closed = served.cell();
        return Cell.begin(
                closed.subject(),
                "gRPC, open loop at %d %% of %s/s".formatted(percent, Numbers.text(most)),
                closed.who());
    }

    @Override
    public Sample measure(Duration begin, Duration measured) {
        return served.sampleAtRate(most * (double) percent / 100, begin, measured);
    }

    /// What was asked as fast as it can is warm.
    @Override
    public void warmUp(Tempo tempo) {}
}
