package dev.penstock.core.batching;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ModelLoader;
import dev.penstock.core.NanoClock;
import dev.penstock.core.RunObserver;
import dev.penstock.core.ServingObserver;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The batching engine as the rest of the house sees it: it prepares what a loader loads, and takes the
/// requests for it. Thread-safe.
public final class Batching implements Batcher, Lanes, AutoCloseable {
    private final Workers workers;
    private final LaneMaker lanes;
    private final InlineOrder inline;
    private final NanoClock clock;
    private final QueueBounds bounds;
    private final ServingObserver observer;
    private final RunObserver.Source runs;
    private final AtomicInteger loops = new AtomicInteger();
    private final Set<ServedModel> served = ConcurrentHashMap.newKeySet();
    private final Compilers compilers = new Compilers();
    private volatile boolean started;

    private Batching(
            Workers workers,
            InlineOrder inline,
            QueueBounds bounds,
            NanoClock clock,
            ServingObserver observer,
            RunObserver.Source runs) {
        this.workers = workers;
        this.inline = inline;
        this.clock = clock;
        this.lanes = new LaneMaker(workers, inline, clock);
        this.bounds = bounds;
        this.observer = observer;
        this.runs = runs;
    }

    /// Starts the threads. Worker `i` uses runner `i` of every model; event loops use those after the workers'.
    ///
    /// @param inline what event loops run themselves
    /// @param bounds of what may wait for each model
    public static Batching start(
            int threads, InlineOrder inline, QueueBounds bounds, NanoClock clock, ServingObserver observer) {
        return start(threads, inline, bounds, clock, observer, RunObserver.Source.NONE);
    }

    /// The same.
    ///
    /// @param runs of whom each version's observer is had, who sees what it computes
    public static Batching start(
            int threads,
            InlineOrder inline,
            QueueBounds bounds,
            NanoClock clock,
            ServingObserver observer,
            RunObserver.Source runs) {
        return new Batching(Workers.start(threads, clock), inline, bounds, clock, observer, runs);
    }

    /// How many threads may run each model: the `runners` of every order.
    public int runners() {
        return backgroundRunner() + 1;
    }

    /// The runner of one thread that runs what no caller waits for, and is no part of this. Nobody is shown
    /// what it runs.
    public int backgroundRunner() {
        return workers.size() + inline.loops();
    }

    /// How many rows and requests of callers wait for that version. A moment's view.
    public int queued(ModelKey key) {
        int queued = 0;
        for (ServedModel model : served) {
            queued += model.key().equals(key) ? model.queued() : 0;
        }
        return queued;
    }

    @Override
    public @Nullable InlineLoop newLoop(Executor eventLoop) {
        if (inline.loops() == 0) {
            return null;
        }
        int index = loops.getAndIncrement();
        if (index >= inline.loops()) {
            throw new IllegalStateException("event loop %d (expected: 0..%d)".formatted(index, inline.loops() - 1));
        }
        return new InlineLoop(index, eventLoop, clock);
    }

    /// Says that the start is over: from the next model that is loaded on, the JVM's compilers stand behind the
    /// threads that answer requests. For a process that is a server and nothing else.
    public void startIsOver() {
        started = true;
    }

    /// A loader whose models are tried out and warmed up before it hands them over, and run in batches where
    /// that helps.
    public ModelLoader preparing(ModelLoader loader) {
        return new ModelLoader() {
            @Override
            public LoadedModel load(Order order) {
                return load(order, () -> {});
            }

            @Override
            public LoadedModel load(Order order, Runnable warming) {
                if (started) {
                    compilers.giveWay();
                }
                // Of others, the threads that runs share are made while they load, and stay as nice as their
                // maker.
                return order.threadsPerRun() == 1
                        ? Background.call("model-load", () -> prepare(loader.load(order), order, warming))
                        : prepare(loader.load(order), order, warming);
            }
        };
    }

    private LoadedModel prepare(LoadedModel loaded, ModelLoader.Order order, Runnable warming) {
        RunObserver watcher = runs.of(loaded.key(), loaded.signature(), backgroundRunner(), order.watching());
        SoloQueue solo =
                workers.newSoloQueue(bounds, order.batching().levels(), loaded.threadsPerRun(), observer, watcher);
        LaneRoom room = LaneRoom.many(workers.size());
        ServedModel model = new ServedModel(loaded, order.batching(), lanes, room, solo, observer, served::remove);
        boolean prepared = false;
        try {
            warming.run();
            model.prepare();
            served.add(model);
            prepared = true;
            return model;
        } finally {
            if (!prepared) {
                model.close();
            }
        }
    }

    @Override
    @CheckReturnValue
    public Offer offer(Pending pending) {
        LoadedModel model = pending.lease().model();
        if (!(model instanceof ServedModel prepared)) {
            throw new IllegalArgumentException(model.key() + " was not prepared by this engine");
        }
        return prepared.offer(pending);
    }

    @Override
    public @Nullable FixedLane fixedLane(LoadedModel model) {
        return model instanceof ServedModel prepared ? prepared.fixedLane() : null;
    }

    /// What batching did for each loaded version, once for each: while a version is loaded anew, its old copy
    /// may still answer. A moment's view.
    public List<BatchUsage> usage() {
        Map<ModelKey, BatchUsage> byKey = new LinkedHashMap<>();
        for (ServedModel model : served) {
            BatchUsage usage = model.usage();
            byKey.merge(usage.key(), usage, BatchUsage::plus);
        }
        return List.copyOf(byKey.values());
    }

    /// Ends the threads. The models must be closed before.
    @Override
    public void close() {
        lanes.close();
        workers.close();
    }
}
