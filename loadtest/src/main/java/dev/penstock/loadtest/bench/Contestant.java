package dev.penstock.loadtest.bench;

import java.time.Duration;

/// Somebody who does a task and is measured at it, in turn with others.
interface Contestant {
    /// What does it.
    Child process();

    /// Without samples yet.
    Cell cell();

    /// Does the task for that long, uncounted, and then for that long, counted. Blocks.
    Sample measure(Duration begin, Duration measured);

    /// Does the task until it goes as fast as it will.
    void warmUp(Tempo tempo);
}
