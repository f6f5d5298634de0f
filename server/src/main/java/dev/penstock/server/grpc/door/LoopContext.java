package dev.penstock.server.grpc.door;

import dev.penstock.core.NanoClock;
import dev.penstock.core.batching.InlineLoop;
import dev.penstock.server.calls.CallWatch;
import dev.penstock.server.calls.TraceParent;
import dev.penstock.server.fast.ByteBudget;
import dev.penstock.server.fast.Completions;
import dev.penstock.server.fast.FastModels;
import dev.penstock.server.fast.ReadTurns;
import dev.penstock.server.fast.RefusalRest;
import dev.penstock.server.fast.Staging;
import dev.penstock.server.wire.Callers;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// What the connections of one event loop share. Confined to that loop, but for [#completions].
final class LoopContext implements AutoCloseable {
    private static final int KEPT_CALLS = 2048;

    final EventLoop eventLoop;
    final DoorSettings settings;
    final NanoClock clock;
    final ByteBudget budget;
    final Staging staging;
    final Gzip gzip;
    final CallIds requestIds = new CallIds();
    final Completions<InferCall> completions;
    final Deadlines deadlines;
    final Intake intake;
    final Bridge bridge;
    final ReadTurns turns;
    final RandomGenerator random;

    /// Who wants to know of calls, or null; and where the trace is among the kept metadata.
    final @Nullable CallWatch watch;

    final int traceParent;
    final int traceState;
    final int callerName;

    /// What runs tiny models on this loop, if anything does.
    final @Nullable InlineLoop inline;

    final RefusalRest refusals;

    private final FastModels models;
    private KeptHeaders kept;
    private long keptGeneration;

    private final ArrayDeque<UnaryStream> freeUnary = new ArrayDeque<>();
    private final ArrayDeque<InferCall> freeCalls = new ArrayDeque<>();

    /// Connections with answers that were made outside their own reading.
    private List<DoorConnection> dirty = new ArrayList<>();

    private List<DoorConnection> flushing = new ArrayList<>();
    private final Runnable flushDirty = this::flushDirty;

    LoopContext(
            EventLoop eventLoop,
            DoorSettings settings,
            NanoClock clock,
            ByteBudget budget,
            FastModels models,
            Bridge bridge,
            RandomGenerator random) {
        this.eventLoop = eventLoop;
        this.settings = settings;
        this.clock = clock;
        this.budget = budget;
        this.bridge = bridge;
        this.random = random;
        this.staging = new Staging(PooledByteBufAllocator.DEFAULT, budget);
        this.gzip = new Gzip(staging, settings.messages());
        this.completions = new Completions<>(eventLoop);
        this.refusals = new RefusalRest((SingleThreadEventLoop) eventLoop);
        this.deadlines = new Deadlines(eventLoop, clock);
        this.watch = models.watch();
        this.models = models;
        this.keptGeneration = models.generation();
        this.kept = KeptHeaders.of(settings.keptMetadata(), models.routedHeaders());
        this.traceParent = settings.keptMetadata().indexOf(TraceParent.HEADER);
        this.traceState = settings.keptMetadata().indexOf(TraceParent.STATE_HEADER);
        this.callerName = settings.keptMetadata().indexOf(Callers.HEADER);
        this.inline = models.newLoop(eventLoop);
        this.turns = new ReadTurns((SingleThreadEventLoop) eventLoop, clock);
        this.intake = new Intake(this, models);
    }

    /// What a call that arrives now keeps of its headers; another object only if that is something else.
    KeptHeaders kept() {
        long now = models.generation();
        if (now != keptGeneration) {
            keptGeneration = now;
            KeptHeaders next = KeptHeaders.of(settings.keptMetadata(), models.routedHeaders());
            kept = next.equals(kept) ? kept : next;
        }
        return kept;
    }

    UnaryStream takeUnary() {
        UnaryStream free = freeUnary.poll();
        return free == null ? new UnaryStream(this) : free;
    }

    void give(UnaryStream stream) {
        if (freeUnary.size() < KEPT_CALLS) {
            freeUnary.push(stream);
        }
    }

    InferCall takeCall() {
        InferCall free = freeCalls.poll();
        return free == null ? new InferCall(this) : free;
    }

    void give(InferCall call) {
        if (freeCalls.size() < KEPT_CALLS) {
            freeCalls.push(call);
        }
    }

    /// Has `connection` flushed when this turn of the loop has done what it does.
    void dirty(DoorConnection connection) {
        if (dirty.isEmpty()) {
            eventLoop.execute(flushDirty);
        }
        dirty.add(connection);
    }

    private void flushDirty() {
        List<DoorConnection> now = dirty;
        dirty = flushing;
        flushing = now;
        for (int i = 0; i < now.size(); i++) {
            flush(now.get(i));
        }
        now.clear();
    }

    // Whatever befalls one connection, the others are flushed, and can be again.
    private static void flush(DoorConnection connection) {
        try {
            connection.flushAnswers();
        } catch (RuntimeException | Error e) {
            connection.onError(connection.context(), true, e);
        }
    }

    /// After the loop has ended.
    @Override
    public void close() {
        completions.afterTheLoop(() -> {
            staging.close();
            gzip.close();
        });
    }
}
