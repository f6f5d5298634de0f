package dev.penstock.loadtest.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// All turns of one contestant at one task.
///
/// @param who answered
/// @param how it was asked, as in `gRPC 8 x 32`
/// @param allocatedBytes on the Java heap per request; NaN if it was not measured
record Cell(String subject, String how, String who, List<Sample> samples, double allocatedBytes) {
    /// More failures than that, and what the rest took says little: refusing is cheap.
    private static final double MAX_FAILED = 0.001;

    Cell {
        samples = List.copyOf(samples);
    }

    static Cell begin(String subject, String how, String who) {
        return new Cell(subject, how, who, List.of(), Double.NaN);
    }

    Cell with(Sample sample) {
        List<Sample> more = new ArrayList<>(samples);
        more.add(sample);
        return new Cell(subject, how, who, more, allocatedBytes);
    }

    Cell withAllocated(double bytes) {
        return new Cell(subject, how, who, samples, bytes);
    }

    double median(ToDoubleFunction<Sample> value) {
        return Numbers.median(samples.stream().mapToDouble(value).toArray());
    }

    double cpuMicros() {
        return median(Sample::cpuMicros);
    }

    /// CPU time of the best turn.
    double fastestMicros() {
        return samples.stream().mapToDouble(Sample::cpuMicros).min().orElse(Double.NaN);
    }

    double p50Micros() {
        return median(Sample::p50Micros);
    }

    double perSecond() {
        return median(Sample::perSecond);
    }

    long errors() {
        return samples.stream().mapToLong(Sample::failed).sum();
    }

    /// Whether nearly all answers were right in every turn, so that its numbers are those of answering.
    boolean isSound() {
        return samples.stream().allMatch(sample -> (double) sample.failed() <= MAX_FAILED * (double) sample.right());
    }
}
