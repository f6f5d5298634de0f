package dev.penstock.loadtest.bench;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/// A program that runs models in a loop, without a server. It is idle between orders.
record Direct(Child child) {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /// What a number of runs took, as the program says it.
    ///
    /// @param rows all that were run
    /// @param medianNanos of one run
    record Runs(long rows, long wallNanos, long cpuNanos, long allocatedBytes, long medianNanos) {
        double perSecond() {
            return (double) rows * 1e9 / (double) wallNanos;
        }

        /// Of one row.
        double cpuMicros() {
            return (double) cpuNanos / 1e3 / (double) rows;
        }

        /// By one row.
        double allocated() {
            return (double) allocatedBytes / (double) rows;
        }

        double medianMicros() {
            return (double) medianNanos / 1e3;
        }
    }

    /// How a run is made: `naive`, `pinned` or `penstock`, and on how many threads.
    ///
    /// @param intraOpThreads that ONNX Runtime uses for one run
    /// @param rows of one run, each a request
    record Way(String name, int threads, int intraOpThreads, int rows) {
        static final Way NAIVE = new Way("naive", 1, 1, 1);
        static final Way PINNED = new Way("pinned", 1, 1, 1);
        static final Way PENSTOCK = new Way("penstock", 1, 1, 1);

        @Override
        public String toString() {
            String how = threads == 1 && intraOpThreads == 1
                    ? name
                    : "%s, %d x %d threads".formatted(name, threads, intraOpThreads);
            return rows == 1 ? how : how + ", " + rows + " rows a run";
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
        List<Long> dims = new ArrayList<>(subject.dims());
        dims.set(0, (long) way.rows());
        child.tell(way.name() + " " + way.threads() + " " + way.intraOpThreads() + " " + time.toMillis() + " "
                + text(dims) + " " + subject.file());
        String[] words = child.awaitLine(PATIENCE).split(" ", -1);
        return new Runs(
                Math.multiplyExact(Long.parseLong(words[0]), way.rows()),
                Long.parseLong(words[1]),
                Long.parseLong(words[2]),
                Long.parseLong(words[3]),
                Long.parseLong(words[4]));
    }

    /// What the model answers to each variant of the request, run alone.
    List<float[]> answers(Subject subject) {
        ByteArrayOutputStream inputs = new ByteArrayOutputStream();
        for (int variant = 0; variant < subject.variants(); variant++) {
            inputs.writeBytes(subject.bytes(variant));
        }
        String names = subject.inputs().stream().map(Subject.Input::name).collect(Collectors.joining(","));
        child.tell("answer " + subject.variants() + " " + text(subject.dims()) + " " + names + " "
                + Base64.getEncoder().encodeToString(inputs.toByteArray()) + " " + subject.file());
        byte[] all = Base64.getDecoder().decode(child.awaitLine(PATIENCE));
        int bytes = all.length / subject.variants();
        List<float[]> answers = new ArrayList<>();
        for (int variant = 0; variant < subject.variants(); variant++) {
            answers.add(Answers.floats(ByteBuffer.wrap(all, variant * bytes, bytes)));
        }
        return answers;
    }

    private static String text(List<Long> dims) {
        return dims.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
