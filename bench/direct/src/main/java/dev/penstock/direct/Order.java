package dev.penstock.direct;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// What to run, how, and for how long.
///
/// @param threads how many run it at once, each in its own loop
/// @param intraOpThreads how many threads ONNX Runtime may use for one run
/// @param shape of every input, whose first dimension is the rows of a run
record Order(Way way, Path file, int threads, int intraOpThreads, Duration time, List<Long> shape) {
    /// How one run is made.
    enum Way {
        /// New tensors for every run and a copy of every output, as the documentation shows it.
        NAIVE,
        /// Inputs and outputs that are bound once.
        PINNED,
        /// As Penstock runs a batch.
        PENSTOCK
    }

    Order {
        if (threads < 1 || intraOpThreads < 1 || time.isNegative() || shape.isEmpty()) {
            throw new IllegalArgumentException("threads %d, intra-op threads %d, time %s, shape %s (expected: > 0)"
                    .formatted(threads, intraOpThreads, time, shape));
        }
        shape = List.copyOf(shape);
    }

    /// @param line `WAY THREADS INTRA_OP_THREADS MILLISECONDS DIMENSIONS FILE`, as in `naive 1 1 1000 1,4
    ///     /tmp/a.onnx`
    static Order parse(String line) {
        String[] words = line.split(" ", 6);
        if (words.length != 6) {
            throw new IllegalArgumentException(
                    line + " (expected: WAY THREADS INTRA_OP_THREADS MILLISECONDS DIMENSIONS FILE)");
        }
        return new Order(
                Way.valueOf(words[0].toUpperCase(Locale.ROOT)),
                Path.of(words[5]),
                Integer.parseInt(words[1]),
                Integer.parseInt(words[2]),
                Duration.ofMillis(Long.parseLong(words[3])),
                Arrays.stream(words[4].split(",", -1)).map(Long::valueOf).toList());
    }

    long[] dims() {
        return shape.stream().mapToLong(Long::longValue).toArray();
    }

    int rows() {
        return Math.toIntExact(shape.getFirst());
    }

    /// What loops that differ in nothing but their time have in common.
    Order untimed() {
        return new Order(way, file, threads, intraOpThreads, Duration.ZERO, shape);
    }
}
