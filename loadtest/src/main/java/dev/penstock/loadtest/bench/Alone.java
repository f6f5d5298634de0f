package dev.penstock.loadtest.bench;

import dev.penstock.loadtest.bench.Direct.Way;
import java.time.Duration;

/// A program that runs the model without a server.
///
/// @param parts how short its turns are: this part of what others get
record Alone(Direct direct, Subject subject, Way way, int parts) implements Contestant {
    /// A quarter of a turn is thousands of runs of a model of microseconds.
    private static final int SHORT = 4;

    /// For a model of microseconds.
    static Alone shortly(Direct direct, Subject subject, Way way) {
        return new Alone(direct, subject, way, SHORT);
    }

    /// For any model.
    static Alone of(Direct direct, Subject subject, Way way) {
        return new Alone(direct, subject, way, 1);
    }

    @Override
    public Child process() {
        return direct.child();
    }

    @Override
    public Cell cell() {
        return Cell.begin(subject.name(), "in a loop, no server", "direct, " + way);
    }

    @Override
    public Sample measure(Duration begin, Duration measured) {
        return Sample.of(direct.run(subject, way, measured.dividedBy(parts)));
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
