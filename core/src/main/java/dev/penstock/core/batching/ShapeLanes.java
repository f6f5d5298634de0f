package dev.penstock.core.batching;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// The lanes of one model whose rows come in many shapes. A lane is made when its shape is first seen, and the least
/// recently used ones are dropped where there would be too many: what waits in them is run, their memory is given
/// back, and their shapes are tried again when they come again. Thread-safe.
final class ShapeLanes implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ShapeLanes.class.getName());

    private final LaneRoom room;
    private final LaneMaker maker;
    private final Trial trial;
    private final Map<ShapeGroup, ShapeLane> lanes = new ConcurrentHashMap<>();

    /// Those that the maker was asked for; not more than it takes.
    private final Set<ShapeGroup> asked = ConcurrentHashMap.newKeySet();

    /// Held as long as a lane is being made or dropped, which is how closing waits for that.
    private final ReentrantLock making = new ReentrantLock();

    @GuardedBy("making")
    private boolean closed;

    /// Until when no lane takes the place of another; only while `crowded`.
    private volatile long settledNanos;

    private volatile boolean crowded;

    ShapeLanes(LaneRoom room, LaneMaker maker, Trial trial) {
        this.room = room;
        this.maker = maker;
        this.trial = trial;
    }

    /// How a shape is tried out.
    interface Trial {
        /// Blocks for a second or two.
        ShapeLane make(ShapeGroup shapes, LaneRoom room);
    }

    /// What became of a shape; null if it is not known yet, or not any more. Then it will be tried out, if its turn
    /// comes. Never blocks.
    @Nullable
    ShapeLane find(ShapeGroup shapes, long nowNanos) {
        ShapeLane known = lanes.get(shapes);
        if (known != null) {
            known.usedAt(nowNanos);
        } else if (mayMake(nowNanos) && asked.add(shapes) && !maker.later(() -> make(shapes))) {
            asked.remove(shapes);
        }
        return known;
    }

    private boolean mayMake(long nowNanos) {
        return !crowded || nowNanos - settledNanos >= 0;
    }

    private void make(ShapeGroup shapes) {
        making.lock();
        try {
            // Of several that were asked for while there was time, the first one may have used it up.
            if (!closed && mayMake(maker.nanoTime())) {
                add(shapes);
            }
        } finally {
            making.unlock();
            asked.remove(shapes);
        }
    }

    @GuardedBy("making")
    private void add(ShapeGroup shapes) {
        long beginNanos = maker.nanoTime();
        ShapeLane made = tryOut(shapes);
        made.usedAt(beginNanos);
        lanes.put(shapes, made);
        boolean replaces = !fits();
        while (!fits()) {
            dropLeastRecentlyUsed(made, beginNanos);
        }
        long endNanos = maker.nanoTime();
        settledNanos = endNanos + room.patience() * (endNanos - beginNanos);
        crowded = replaces;
    }

    private ShapeLane tryOut(ShapeGroup shapes) {
        try {
            return trial.make(shapes, room);
        } catch (RuntimeException | Error e) {
            // Its requests go on to run alone.
            LOG.log(System.Logger.Level.WARNING, "no lane for rows of " + shapes, e);
            return ShapeLane.none("making a lane failed: " + e);
        }
    }

    private boolean fits() {
        long bytes = lanes.values().stream().mapToLong(ShapeLane::bytes).sum();
        return lanes.size() <= 1 || (lanes.size() <= room.lanes() && bytes <= room.bytes());
    }

    @GuardedBy("making")
    private void dropLeastRecentlyUsed(ShapeLane keep, long nowNanos) {
        ShapeGroup oldest = null;
        long mostNanos = Long.MIN_VALUE;
        for (Map.Entry<ShapeGroup, ShapeLane> entry : lanes.entrySet()) {
            ShapeLane lane = entry.getValue();
            long unusedNanos = lane.unusedNanos(nowNanos);
            if (lane != keep && (oldest == null || unusedNanos > mostNanos)) {
                mostNanos = unusedNanos;
                oldest = entry.getKey();
            }
        }
        ShapeLane dropped = oldest == null ? null : lanes.remove(oldest);
        if (dropped != null) {
            // Who found it before is told by the lane that it is closed, or is run.
            dropped.close();
        }
    }

    void forEach(BiConsumer<ShapeGroup, ShapeLane> seen) {
        lanes.forEach(seen);
    }

    /// Nobody has a lease on the model. Waits for a lane that is being made.
    @Override
    public void close() {
        making.lock();
        try {
            closed = true;
            lanes.values().forEach(ShapeLane::close);
            lanes.clear();
        } finally {
            making.unlock();
        }
    }
}
