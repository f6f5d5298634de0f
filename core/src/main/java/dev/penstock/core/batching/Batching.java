package dev.penstock.core.batching;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelLoader;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ServingObserver;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The batching engine as the rest of the house sees it: it prepares what a loader loads, and takes the requests for
/// it. Thread-safe.
public final class Batching implements Batcher, AutoCloseable {
    private final Workers workers;
    private final LaneMaker lanes;
    private final int soloCapacity;
    private final ServingObserver observer;
    private final Set<ServedModel> served = ConcurrentHashMap.newKeySet();

    private Batching(Workers workers, LaneMaker lanes, int soloCapacity, ServingObserver observer) {
        this.workers = workers;
        this.lanes = lanes;
        this.soloCapacity = soloCapacity;
        this.observer = observer;
    }

    /// Starts the threads. Worker `i` uses runner `i` of every model.
    ///
    /// @param soloCapacity how many requests of a model may wait to run alone
    public static Batching start(int threads, int soloCapacity, NanoClock clock, ServingObserver observer) {
        Workers workers = Workers.start(threads, clock);
        return new Batching(workers, new LaneMaker(workers, clock), soloCapacity, observer);
    }

    /// A loader whose models are tried out and warmed up before it hands them over, and run in batches where that
    /// helps.
    public ModelLoader preparing(ModelLoader loader) {
        return order -> prepare(loader.load(order), order);
    }

    private LoadedModel prepare(LoadedModel loaded, ModelLoader.Order order) {
        SoloQueue solo = workers.newSoloQueue(soloCapacity, observer);
        ServedModel model = new ServedModel(loaded, order.batching(), lanes, solo, observer, served::remove);
        boolean prepared = false;
        try {
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

    /// Where all requests of a model with fixed rows go, or null if its requests have to be looked at one by one.
    public @Nullable FixedLane fixedLane(LoadedModel model) {
        return model instanceof ServedModel prepared ? prepared.fixedLane() : null;
    }

    /// Rows and requests that wait, of all models. A moment's view.
    public int queued() {
        int waiting = 0;
        for (ServedModel model : served) {
            waiting += model.queued();
        }
        return waiting;
    }

    /// Ends the threads. The models must be closed before.
    @Override
    public void close() {
        lanes.close();
        workers.close();
    }
}
