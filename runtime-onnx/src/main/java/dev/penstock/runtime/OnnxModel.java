package dev.penstock.runtime;

import ai.onnxruntime.OrtException;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.Device;
import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.core.Runner;
import dev.penstock.core.Signature;
import dev.penstock.core.batching.Batchability;
import dev.penstock.core.batching.BatchableModel;
import dev.penstock.core.batching.ShapeGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// A model in memory: its sessions and everything that runs them.
final class OnnxModel implements BatchableModel {
    private final Signature signature;
    private final ModelSessions sessions;
    private final Engine engine;
    private final NanoClock clock;
    private final long ownSessionNanos;
    private final RunnerKeeper<OnnxRunner> runners;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final List<OnnxBatchModel> batchModels = new ArrayList<>();

    @GuardedBy("lock")
    private boolean closed;

    /// @param ownSessionNanos batch runners share a session unless a run of one row takes less than this
    OnnxModel(Signature signature, ModelSessions sessions, Engine engine, NanoClock clock, long ownSessionNanos) {
        this.signature = signature;
        this.sessions = sessions;
        this.engine = engine;
        this.clock = clock;
        this.ownSessionNanos = ownSessionNanos;
        this.runners = new RunnerKeeper<>(key(), sessions.runners(), index -> newRunner(), OnnxRunner::close);
    }

    @Override
    public ModelKey key() {
        return sessions.key();
    }

    @Override
    public Signature signature() {
        return signature;
    }

    int runners() {
        return sessions.runners();
    }

    @Override
    public int threadsPerRun() {
        return sessions.threadsPerRun();
    }

    /// Whether ONNX Runtime works in the thread that asks for a run, and nowhere else.
    boolean computesInCaller() {
        return threadsPerRun() == 1 && sessions.device().kind() == Device.Kind.CPU;
    }

    @Override
    public List<String> remarks() {
        return threadsPerRun() == 1
                ? List.of()
                : List.of("latency profile: %d threads share a run and spin for %s us between operators"
                        .formatted(threadsPerRun(), OnnxSession.SPIN_MICROS));
    }

    @Override
    public Runner runner(int index) {
        return runners.get(index);
    }

    private OnnxRunner newRunner() throws OrtException {
        boolean onCpu = sessions.device().kind() == Device.Kind.CPU;
        return new OnnxRunner(key().name(), signature, sessions.shared(), engine, onCpu);
    }

    @Override
    public Batchability batchModel(ShapeGroup group, int maxRows) {
        try (OnnxRunner runner = newRunner()) {
            return switch (new RowProbe(signature, group, runner).look()) {
                case RowProbe.Refusal(String reason) -> new Batchability.Refused(reason);
                case RowProbe.Rows rows -> pinned(group, rows, maxRows);
            };
        } catch (OrtException e) {
            return new Batchability.Refused("no runner can be made: " + ErrorText.oneLine(e));
        }
    }

    private Batchability pinned(ShapeGroup group, RowProbe.Rows rows, int maxRows) throws OrtException {
        PinnedLayout layout = new PinnedLayout(key().name(), signature, group.inputRowShapes(), rows.outputRows());
        if (layout.mostRows() < Math.max(maxRows, RowProbe.FEW_ROWS)) {
            return new Batchability.Refused("%d rows do not fit into one tensor".formatted(maxRows));
        }
        try (PinnedRunner runner = new PinnedRunner(layout, RowProbe.FEW_ROWS, sessions.shared(), engine, clock)) {
            return switch (new PinnedTrial(layout, runner).look(rows.values(), ownSessionNanos)) {
                case PinnedTrial.Failed(String reason) -> new Batchability.Refused(reason);
                case PinnedTrial.Timed(boolean fast) ->
                    new Batchability.Batchable(
                            adopt(new OnnxBatchModel(this, layout, maxRows, fast && threadsPerRun() == 1)));
            };
        }
    }

    /// Closes it with this model, if nobody did before.
    OnnxBatchModel adopt(OnnxBatchModel batchModel) {
        lock.lock();
        try {
            checkOpen();
            batchModels.add(batchModel);
            return batchModel;
        } finally {
            lock.unlock();
        }
    }

    void forget(OnnxBatchModel batchModel) {
        lock.lock();
        try {
            batchModels.remove(batchModel);
        } finally {
            lock.unlock();
        }
    }

    PinnedRunner newRunner(PinnedLayout layout, int maxRows, boolean ownSession, int index) throws OrtException {
        OnnxSession session = ownSession ? sessions.own(index) : sessions.shared();
        return new PinnedRunner(layout, maxRows, session, engine, clock);
    }

    @GuardedBy("lock")
    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException(key() + " is closed");
        }
    }

    /// Closing a second time does nothing.
    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            // Each removes itself.
            List.copyOf(batchModels).forEach(OnnxBatchModel::close);
            runners.close();
            sessions.close();
        } finally {
            lock.unlock();
        }
    }
}
