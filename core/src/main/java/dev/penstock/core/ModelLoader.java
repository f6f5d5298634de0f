package dev.penstock.core;

import java.nio.file.Path;
import java.util.Map;

/// Turns a model's file into something that runs. The port that a runtime module implements. Thread-safe.
public interface ModelLoader {
    /// What to load, and for how many threads.
    ///
    /// @param runners how many threads will run the model, event loops that run it themselves among them; see
    ///     [LoadedModel#runner]
    /// @param batching how its requests are to be put together
    /// @param threadsPerRun how many threads share one run: 1 for the most runs per second, more for the
    ///     shortest
    /// @param watching what its configuration says of watching its runs, by name; see
    ///     [RunObserver.Source]
    record Order(
            ModelKey key,
            ModelContent content,
            Device device,
            int runners,
            BatchingOrder batching,
            int threadsPerRun,
            Map<String, String> watching) {
        public Order {
            watching = Map.copyOf(watching);
            Check.argument(runners > 0, "runners: %d (expected: > 0)", runners);
            Check.argument(threadsPerRun > 0, "threadsPerRun: %d (expected: > 0)", threadsPerRun);
        }

        /// Whose configuration says nothing of watching it.
        public Order(
                ModelKey key,
                ModelContent content,
                Device device,
                int runners,
                BatchingOrder batching,
                int threadsPerRun) {
            this(key, content, device, runners, batching, threadsPerRun, Map.of());
        }

        /// Of a file of the disk.
        public Order(ModelKey key, Path file, Device device, int runners, BatchingOrder batching, int threadsPerRun) {
            this(key, new ModelContent.InFile(file), device, runners, batching, threadsPerRun, Map.of());
        }

        /// Of a file of the disk, with batching left to us, and one thread for a run.
        public Order(ModelKey key, Path file, Device device, int runners) {
            this(key, file, device, runners, BatchingOrder.STANDARD, 1);
        }
    }

    /// Blocks while the model is read and prepared, seconds for a large one.
    ///
    /// @throws ModelLoadException with the reason, if it cannot be served there; nothing stays behind
    LoadedModel load(Order order);

    /// The same, and tells when the model is in memory and is about to be tried out and warmed up.
    ///
    /// @param warming runs once, while the calling thread waits; never if there is no warming up. What it
    ///     throws fails the load
    default LoadedModel load(Order order, Runnable warming) {
        return load(order);
    }
}
