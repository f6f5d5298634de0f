package dev.penstock.loadtest.bench;

import java.time.Duration;
import java.util.stream.Collectors;

/// A program that runs models in a loop, without a server. It is idle between orders.
record Direct(Child child) {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /// What a number of runs took, as the program says it.
    record Runs(long runs, long wallNanos, long cpuNanos, long allocatedBytes, long medianNanos) {
        double perSecond() {
            return (double) runs * 1e9 / (double) wallNanos;
        }

        double cpuMicros() {
            return (double) cpuNanos / 1e3 / (double) runs;
        }

        double allocated() {
            return (double) allocatedBytes / (double) runs;
        }

        double medianMicros() {
            return (double) medianNanos / 1e3;
        }
    }

    /// How a run is made: `naive`, `pinned` or `penstock`, and on how many threads.
    ///
    /// @param intraOpThreads that ONNX Runtime uses for one run
    record Way(String name, int threads, int intraOpThreads) {
        static final Way NAIVE = new Way("naive", 1, 1);
        static final Way PINNED = new Way("pinned", 1, 1);
        static final Way PENSTOCK = new Way("penstock", 1, 1);

        @Override
        public String toString() {
            return threads == 1 && intraOpThreads == 1
                    ? name
                    : "%s, %d x %d threads".formatted(name, threads, intraOpThreads);
        }
    }

    static Direct of(Child child) {
        String line = child.awaitLine(PATIENCE);
        if (!line.equals("ready")) {
            throw new BenchException("the direct runner says: " + line);
        }
        return new Direct(child);
    }

    /// Blocks for that time.
    Runs run(Subject subject, Way way, Duration time) {
        String dims = subject.dims().stream().map(String::valueOf).collect(Collectors.joining(","));
        child.tell(way.name() + " " + way.threads() + " " + way.intraOpThreads() + " " + time.toMillis() + " " + dims
                + " " + subject.file());
        String[] words = child.awaitLine(PATIENCE).split(" ", -1);
        return new Runs(
                Long.parseLong(words[0]),
                Long.parseLong(words[1]),
                Long.parseLong(words[2]),
                Long.parseLong(words[3]),
                Long.parseLong(words[4]));
    }
}
