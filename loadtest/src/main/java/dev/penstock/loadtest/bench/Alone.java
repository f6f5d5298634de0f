package dev.penstock.loadtest.bench;

import dev.penstock.loadtest.bench.Direct.Way;
import java.time.Duration;

/// A program that runs the model without a server.
record Alone(Direct direct, Subject subject, Way way) implements Contestant {
    @Override
    public Cell cell() {
        return Cell.begin(subject.name(), "in a loop, no server", "direct, " + way);
    }

    @Override
    public Sample measure(Duration begin, Duration measured) {
        return Sample.of(direct.run(subject, way, measured));
    }

    @Override
    public void warmUp(Tempo tempo) {
        direct.run(subject, way, tempo.measured());
    }

    /// Bytes per run.
    double allocated(Duration time) {
        return direct.run(subject, way, time).allocated();
    }
}
