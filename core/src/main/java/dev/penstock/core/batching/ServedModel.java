package dev.penstock.core.batching;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.penstock.core.BatchingOrder;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.core.RowSharing;
import dev.penstock.core.Runner;
import dev.penstock.core.ServingObserver;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import dev.penstock.core.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A loaded model together with what runs its requests: a lane for each shape of rows that can share a run,
/// and a queue for the requests that run alone. Thread-safe.
///
/// A lane is made before the model serves if its shapes are fixed, else when a shape is first seen (see
/// [ShapeLanes]); requests that find none run alone.
final class ServedModel implements LoadedModel {
    private final LoadedModel model;
    private final BatchingOrder order;
    private final LaneMaker maker;
    private final ServingObserver observer;
    private final SoloQueue solo;
    private final Consumer<ServedModel> gone;
    private final NanoClock clock;

    /// Of all lanes, and of what is refused and dropped without one.
    private final LaneShared shared;
    private final ShapeLanes shapes;

    /// Set when every row has the same shape, so that nobody needs to look.
    private volatile @Nullable Only only;

    /// @param room of all lanes, if rows have many shapes
    /// @param gone told when it is being closed
    ServedModel(
            LoadedModel model,
            BatchingOrder order,
            LaneMaker maker,
            LaneRoom room,
            SoloQueue solo,
            ServingObserver observer,
            Consumer<ServedModel> gone) {
        this.gone = gone;
        this.model = model;
        this.order = order;
        this.maker = maker;
        this.solo = solo;
        this.shared = new LaneShared(solo.stats(), solo.bytes(), solo.runs());
        this.clock = maker::nanoTime;
        this.observer = observer;
        this.shapes = new ShapeLanes(room, maker, this::make);
    }

    /// The one shape that rows have, and what became of it.
    private record Only(ShapeGroup shapes, ShapeLane made) {}

    /// Makes the lane of a model with rows of one shape. Blocks; before it serves.
    void prepare() {
        List<Shape> rows = new ArrayList<>();
        if (hasScalar()) {
            return;
        }
        for (TensorSpec input : signature().inputs()) {
            rows.add(ShapeGroup.rowOf(input.shape()));
        }
        boolean fixed = rows.stream().allMatch(ServedModel::isFixed);
        if (order.enabled() && fixed && !rows.isEmpty()) {
            ShapeGroup group = ShapeGroup.of(rows);
            only = new Only(group, make(group, LaneRoom.ONE));
        }
    }

    private boolean hasScalar() {
        return signature().inputs().stream().anyMatch(input -> input.shape().rank() == 0);
    }

    private static boolean isFixed(Shape shape) {
        for (int i = 0; i < shape.rank(); i++) {
            if (shape.dim(i) < 0) {
                return false;
            }
        }
        return true;
    }

    private ShapeLane make(ShapeGroup group, LaneRoom room) {
        return maker.make(model, group, order, room, shared);
    }

    /// Where all requests of a model with fixed rows go, or null if there is no such lane.
    @Nullable
    FixedLane fixedLane() {
        Only fixed = only;
        return fixed == null ? null : fixed.made.lane();
    }

    /// Takes a checked request, or says no at once.
    @CheckReturnValue
    Offer offer(Pending pending) {
        List<Tensor> inputs = ordered(pending.request().inputs());
        int rows = rowsOf(inputs);
        FixedLane lane = rows < 1 || !order.enabled() ? null : laneOf(inputs, pending.arrivedNanos());
        if (lane == null || !takes(lane, rows)) {
            return solo.offer(pending);
        }
        TensorCall call = new TensorCall(pending, inputs, rows, lane.model(), observer, clock);
        Offer answer = lane.lane().offer(call, pending.request().priority(), pending.arrivedNanos());
        // The version is leased: so it is only this lane that is being dropped, as others were used later.
        return answer == Offer.CLOSED ? solo.offer(pending) : answer;
    }

    /// Whether a lane is the one to take, or to refuse, that many rows: what the configuration promises to
    /// answer and does not fit into the lane runs alone.
    private boolean takes(FixedLane lane, int rows) {
        return rows <= lane.maxRequestRows() || (rows > order.mostRows() && !lane.singleRows());
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

    private @Nullable FixedLane laneOf(List<Tensor> inputs, long nowNanos) {
        Only fixed = only;
        if (fixed != null) {
            return fixed.made.lane();
        }
        List<Shape> rows = new ArrayList<>(inputs.size());
        for (Tensor input : inputs) {
            rows.add(input.shape());
        }
        ShapeLane made = shapes.find(ShapeGroup.ofRequest(rows), nowNanos);
        return made == null ? null : made.lane();
    }

    private void forEachShape(BiConsumer<ShapeGroup, ShapeLane> seen) {
        Only fixed = only;
        if (fixed != null) {
            seen.accept(fixed.shapes, fixed.made);
        }
        shapes.forEach(seen);
    }

    /// Rows and requests that wait. A moment's view.
    int queued() {
        AtomicInteger waiting = new AtomicInteger(solo.queued());
        forEachShape((group, made) -> waiting.addAndGet(made.queuedRows()));
        return waiting.get();
    }

    BatchUsage usage() {
        long nowNanos = clock.nanoTime();
        long oldestNanos = shared.waiting().oldestArrivedNanos(nowNanos);
        return BatchUsage.of(
                key(), shared.stats(), queued(), shared.waiting().waiting(), Math.max(0, nowNanos - oldestNanos));
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
    public RowSharing rowSharing() {
        if (!order.enabled() || hasScalar()) {
            return RowSharing.ALONE;
        }
        Only fixed = only;
        if (fixed == null) {
            return RowSharing.BY_SHAPE;
        }
        FixedLane lane = fixed.made.lane();
        return lane == null || lane.singleRows() ? RowSharing.ALONE : RowSharing.TOGETHER;
    }

    @Override
    public List<String> remarks() {
        List<String> remarks = new ArrayList<>(model.remarks());
        if (order.enabled() && hasScalar()) {
            remarks.add("every request runs alone: an input is a scalar, which has no rows");
        } else if (order.enabled() && only == null) {
            remarks.add("shapes of rows vary: each is tried out for batching when it is first seen");
        }
        forEachShape((group, made) -> remarks.add("rows of " + group + ": " + made.remark()));
        return remarks;
    }

    /// Nobody holds a lease any more, so nothing waits and nothing runs; a lane that is being made is
    /// waited for.
    @Override
    public void close() {
        gone.accept(this);
        solo.close();
        shapes.close();
        Only fixed = only;
        if (fixed != null) {
            fixed.made.close();
        }
        shared.runs().close();
        // Much memory is given back.
        Background.run("model-close", model::close);
    }
}
