package dev.penstock.core.batching;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.penstock.core.BatchingOrder;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Runner;
import dev.penstock.core.ServingObserver;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import dev.penstock.core.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A loaded model together with what runs its requests: a lane for each shape of rows that can share a run, and a queue
/// for the requests that run alone. Thread-safe.
///
/// A lane is made before the model serves if its shapes are fixed, else when a shape is first seen; requests that come
/// before it is ready run alone.
final class ServedModel implements LoadedModel {
    /// Callers choose shapes; lanes cost memory. Further shapes run alone.
    private static final int MOST_GROUPS = 16;

    private final LoadedModel model;
    private final BatchingOrder order;
    private final LaneMaker lanes;
    private final ServingObserver observer;
    private final SoloQueue solo;
    private final Consumer<ServedModel> gone;
    private final Map<ShapeGroup, Group> groups = new ConcurrentHashMap<>();

    /// Set when every row has the same shape, so that nobody needs to look.
    private volatile @Nullable Group only;

    /// @param gone told when it is being closed
    ServedModel(
            LoadedModel model,
            BatchingOrder order,
            LaneMaker lanes,
            SoloQueue solo,
            ServingObserver observer,
            Consumer<ServedModel> gone) {
        this.gone = gone;
        this.model = model;
        this.order = order;
        this.lanes = lanes;
        this.solo = solo;
        this.observer = observer;
    }

    /// What became of a shape: a lane, or the reason why there is none.
    private static final class Group {
        private volatile @Nullable BatchModel batchModel;
        private volatile @Nullable InlineVersion inline;
        private volatile @Nullable Lane lane;
        private volatile String remark = "";
    }

    /// Makes the lane of a model with rows of one shape. Blocks; before it serves.
    void prepare() {
        List<Shape> rows = new ArrayList<>();
        for (TensorSpec input : signature().inputs()) {
            if (input.shape().rank() == 0) {
                return;
            }
            rows.add(ShapeGroup.rowOf(input.shape()));
        }
        boolean fixed = rows.stream().allMatch(ServedModel::isFixed);
        if (order.enabled() && fixed && !rows.isEmpty()) {
            ShapeGroup shapes = ShapeGroup.of(rows);
            Group group = new Group();
            groups.put(shapes, group);
            make(shapes, group);
            only = group;
        }
    }

    private static boolean isFixed(Shape shape) {
        for (int i = 0; i < shape.rank(); i++) {
            if (shape.dim(i) < 0) {
                return false;
            }
        }
        return true;
    }

    private void make(ShapeGroup shapes, Group group) {
        LaneMaker.Made made = lanes.make(model, shapes, order, solo.bytes());
        group.remark = made.remark();
        group.batchModel = made.model();
        group.inline = made.inline();
        // Last: who sees the lane sees its model too.
        group.lane = made.lane();
    }

    /// Where all requests of a model with fixed rows go, or null if there is no such lane.
    @Nullable
    FixedLane fixedLane() {
        Group group = only;
        Lane lane = group == null ? null : group.lane;
        BatchModel batchModel = group == null ? null : group.batchModel;
        return group == null || lane == null || batchModel == null
                ? null
                : new FixedLane(lane, batchModel, group.inline);
    }

    /// Takes a checked request, or says no at once.
    @CheckReturnValue
    Offer offer(Pending pending) {
        List<Tensor> inputs = ordered(pending.request().inputs());
        int rows = rowsOf(inputs);
        Group group = rows < 1 || !order.enabled() ? null : groupOf(inputs);
        Lane lane = group == null ? null : group.lane;
        BatchModel batchModel = group == null ? null : group.batchModel;
        if (lane == null || batchModel == null) {
            return solo.offer(pending);
        }
        TensorCall call = new TensorCall(pending, inputs, rows, batchModel, observer);
        return lane.offer(call, pending.request().priority(), pending.arrivedNanos());
    }

    private List<Tensor> ordered(List<Tensor> inputs) {
        List<TensorSpec> specs = signature().inputs();
        boolean inOrder = inputs.size() == specs.size();
        for (int i = 0; inOrder && i < specs.size(); i++) {
            inOrder = inputs.get(i).name().equals(specs.get(i).name());
        }
        if (inOrder) {
            return inputs;
        }
        List<Tensor> sorted = new ArrayList<>(specs.size());
        for (TensorSpec spec : specs) {
            inputs.stream().filter(input -> input.name().equals(spec.name())).forEach(sorted::add);
        }
        return sorted;
    }

    /// The rows that all inputs have, or 0 if they do not agree or one is left out.
    private int rowsOf(List<Tensor> inputs) {
        if (inputs.isEmpty() || inputs.size() != signature().inputs().size()) {
            return 0;
        }
        long rows = -1;
        for (Tensor input : inputs) {
            long own = input.shape().rank() == 0 ? 0 : input.shape().dim(0);
            if (rows >= 0 && own != rows) {
                return 0;
            }
            rows = own;
        }
        return rows > Integer.MAX_VALUE ? 0 : (int) rows;
    }

    private @Nullable Group groupOf(List<Tensor> inputs) {
        Group fixed = only;
        if (fixed != null) {
            return fixed;
        }
        List<Shape> shapes = new ArrayList<>(inputs.size());
        for (Tensor input : inputs) {
            shapes.add(input.shape());
        }
        ShapeGroup key = ShapeGroup.ofRequest(shapes);
        Group known = groups.get(key);
        if (known == null && groups.size() < MOST_GROUPS) {
            Group fresh = new Group();
            if (groups.putIfAbsent(key, fresh) == null && !lanes.later(() -> make(key, fresh))) {
                groups.remove(key);
            }
        }
        return known;
    }

    /// Rows and requests that wait. A moment's view.
    int queued() {
        int waiting = solo.queued();
        for (Group group : groups.values()) {
            Lane lane = group.lane;
            waiting += lane == null ? 0 : lane.queuedRows();
        }
        return waiting;
    }

    BatchUsage usage() {
        List<LaneStats> stats = new ArrayList<>();
        for (Group group : groups.values()) {
            Lane lane = group.lane;
            if (lane != null) {
                stats.add(lane.stats());
            }
        }
        return BatchUsage.of(key(), stats, queued());
    }

    @Override
    public ModelKey key() {
        return model.key();
    }

    @Override
    public Signature signature() {
        return model.signature();
    }

    @Override
    public int threadsPerRun() {
        return model.threadsPerRun();
    }

    @Override
    public Runner runner(int index) {
        return model.runner(index);
    }

    @Override
    public List<String> remarks() {
        List<String> remarks = new ArrayList<>(model.remarks());
        if (order.enabled() && only == null) {
            remarks.add("shapes of rows vary: each is tried out for batching when it is first seen");
        }
        groups.forEach((shapes, group) -> {
            if (!group.remark.isEmpty()) {
                remarks.add("rows of " + shapes + ": " + group.remark);
            }
        });
        return remarks;
    }

    /// Nobody holds a lease any more, so nothing waits and nothing runs; lanes still being made are waited for.
    @Override
    public void close() {
        gone.accept(this);
        lanes.settle();
        solo.close();
        for (Group group : groups.values()) {
            InlineVersion inline = group.inline;
            if (inline != null) {
                inline.close();
            }
            Lane lane = group.lane;
            if (lane != null) {
                lane.close().join();
            }
        }
        model.close();
    }
}
