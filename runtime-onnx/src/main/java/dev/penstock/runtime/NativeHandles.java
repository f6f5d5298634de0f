package dev.penstock.runtime;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// How many native objects are open, by kind. Thread-safe.
///
/// Native memory is invisible to the garbage collector: what nobody closes is lost for the life of the process. When
/// every model is closed, every count is 0. ONNX Runtime's environment lives as long as the process and is not
/// counted.
public final class NativeHandles {
    /// What is counted.
    enum Kind {
        SESSION,
        SESSION_OPTIONS,
        CUDA_OPTIONS,
        RUN_OPTIONS,
        TENSOR,
        RESULT,
        /// Memory of our own outside the heap.
        BUFFER
    }

    private final EnumMap<Kind, LongAdder> counts = new EnumMap<>(Kind.class);

    public NativeHandles() {
        for (Kind kind : Kind.values()) {
            counts.put(kind, new LongAdder());
        }
    }

    /// Every kind with its count, those at 0 too. Exact only while nothing is opened or closed.
    public Map<String, Long> live() {
        Map<String, Long> live = new LinkedHashMap<>();
        counts.forEach((kind, count) -> live.put(kind.name().toLowerCase(Locale.ROOT), count.sum()));
        return live;
    }

    /// The sum of [#live].
    public long total() {
        long total = 0;
        for (LongAdder count : counts.values()) {
            total += count.sum();
        }
        return total;
    }

    void opened(Kind kind) {
        add(kind, 1);
    }

    void closed(Kind kind) {
        add(kind, -1);
    }

    private void add(Kind kind, int change) {
        LongAdder count = counts.get(kind);
        if (count != null) {
            count.add(change);
        }
    }
}
