package dev.penstock.router.arms;

import dev.penstock.core.LatencySnapshot;

/// Where the time of an arm's requests went that came to it by chance and were answered by a run. Immutable;
/// all of it adds.
///
/// @param queue from when the arm was picked to the start of the run
/// @param batch the part of that in which a thread was there: until the rows of the batch lay together. 0 for
///     what ran alone
/// @param inference the run
public record PhaseLatencies(LatencySnapshot queue, LatencySnapshot batch, LatencySnapshot inference) {
    PhaseLatencies plus(PhaseLatencies other) {
        return new PhaseLatencies(queue.plus(other.queue), batch.plus(other.batch), inference.plus(other.inference));
    }
}
