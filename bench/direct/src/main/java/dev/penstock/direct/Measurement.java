package dev.penstock.direct;

import ai.onnxruntime.OrtException;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// What a number of runs took.
///
/// @param wallNanos from the first start to the last end
/// @param cpuNanos of the threads that ran the loops; helpers of ONNX Runtime are not in it
/// @param allocatedBytes on the Java heap, by the same threads
/// @param medianNanos of one run
record Measurement(long runs, long wallNanos, long cpuNanos, long allocatedBytes, long medianNanos) {
    private static final int LATENCIES_KEPT = 1 << 16;

    /// Blocks for the order's time.
    static Measurement take(Order order, Loops loops) throws InterruptedException, OrtException {
        try (ExecutorService threads = Executors.newFixedThreadPool(loops.each().size())) {
            long endNanos = System.nanoTime() + order.time().toNanos();
            List<Callable<Part>> tasks = new ArrayList<>();
            for (Loop loop : loops.each()) {
                tasks.add(() -> part(loop, endNanos));
            }
            long startNanos = System.nanoTime();
            List<Future<Part>> parts = threads.invokeAll(tasks);
            long wallNanos = System.nanoTime() - startNanos;
            return sum(parts, wallNanos);
        }
    }

    private static Measurement sum(List<Future<Part>> parts, long wallNanos) throws InterruptedException {
        long runs = 0;
        long cpuNanos = 0;
        long allocatedBytes = 0;
        List<Part> done = new ArrayList<>();
        for (Future<Part> future : parts) {
            Part part = outcome(future);
            done.add(part);
            runs += part.runs;
            cpuNanos += part.cpuNanos;
            allocatedBytes += part.allocatedBytes;
        }
        long[] latencies = done.stream()
                .flatMapToLong(part -> Arrays.stream(part.latencies, 0, (int) Math.min(part.runs, LATENCIES_KEPT)))
                .sorted()
                .toArray();
        return new Measurement(runs, wallNanos, cpuNanos, allocatedBytes, latencies[latencies.length / 2]);
    }

    private static Part outcome(Future<Part> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a run failed: " + e.getCause(), e);
        }
    }

    private static Part part(Loop loop, long endNanos) throws OrtException {
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Part part = new Part();
        long allocatedBefore = thread.getCurrentThreadAllocatedBytes();
        long cpuBefore = thread.getCurrentThreadCpuTime();
        long now = System.nanoTime();
        do {
            loop.run();
            long ended = System.nanoTime();
            part.latencies[(int) (part.runs++ % LATENCIES_KEPT)] = ended - now;
            now = ended;
        } while (now - endNanos < 0);
        part.cpuNanos = thread.getCurrentThreadCpuTime() - cpuBefore;
        part.allocatedBytes = thread.getCurrentThreadAllocatedBytes() - allocatedBefore;
        return part;
    }

    /// One thread's share; written by it, read when it is done.
    private static final class Part {
        private final long[] latencies = new long[LATENCIES_KEPT];
        private long runs;
        private long cpuNanos;
        private long allocatedBytes;
    }
}
