package dev.penstock.server.rest;

import dev.penstock.core.NanoClock;
import dev.penstock.core.batching.InlineLoop;
import dev.penstock.server.calls.CallWatch;
import dev.penstock.server.fast.Completions;
import dev.penstock.server.fast.FastModels;
import dev.penstock.server.fast.RefusalRest;
import dev.penstock.server.fast.Staging;
import dev.penstock.server.wire.RequestIds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the fast paths of one event loop's connections share. Confined to that loop, but for [#completions].
final class FastLoop implements AutoCloseable {
    private static final int KEPT_CALLS = 2048;
    private static final int KEPT_TARGETS = 256;
    private static final int TEXT_BYTES = 64 * 1024;

    final EventLoop eventLoop;
    final NanoClock clock;
    final RequestIds ids;
    final Staging staging;
    final ElementRoom room;
    final InferHeadReader heads;
    final InferBodyReader bodies;
    final PredictBodyReader predictions;
    final LaneFit fit = new LaneFit();

    /// What writes the JSON of answers, for whoever is about to write one.
    final AnswerJson json;

    /// The same for answers to predictions, on the same page.
    final PredictionJson predictionJson;

    final InferAnswerWriter writer;
    final Completions<RestCall> completions;

    /// What runs tiny models on this loop, if anything does.
    final @Nullable InlineLoop inline;

    final RefusalRest refusals;

    /// Who wants to know of calls, or null.
    final @Nullable CallWatch watch;

    /// Where heads are read, and JSON: copied there from wherever they arrived.
    final byte[] text = new byte[TEXT_BYTES];

    private final FastModels models;
    private final Map<String, InferTarget> targets = new HashMap<>();
    private final ArrayDeque<RestCall> free = new ArrayDeque<>();
    private long generation;
    private List<String> keptHeaders;

    /// Connections with answers that were made outside their own reading.
    private List<PipelinedResponses> unflushed = new ArrayList<>();

    private List<PipelinedResponses> flushing = new ArrayList<>();
    private final Runnable flush = this::flush;

    FastLoop(
            EventLoop eventLoop,
            HttpLimits limits,
            FastModels models,
            RequestIds ids,
            HeldMemory memory,
            NanoClock clock) {
        this.eventLoop = eventLoop;
        this.models = models;
        this.ids = ids;
        this.clock = clock;
        this.staging = new Staging(PooledByteBufAllocator.DEFAULT, memory.budget());
        this.room = new ElementRoom(staging);
        this.watch = models.watch();
        this.keptHeaders = keptHeaders(models);
        this.heads = new InferHeadReader(limits, watch != null);
        this.bodies = new InferBodyReader(room);
        this.predictions = new PredictBodyReader(room);
        JsonPage page = new JsonPage(PooledByteBufAllocator.DEFAULT);
        this.json = new AnswerJson(page);
        this.predictionJson = new PredictionJson(page);
        this.writer = new InferAnswerWriter(json, predictionJson);
        this.completions = new Completions<>(eventLoop);
        this.refusals = new RefusalRest((SingleThreadEventLoop) eventLoop);
        this.inline = models.newLoop(eventLoop);
        this.generation = models.generation();
    }

    private static List<String> keptHeaders(FastModels models) {
        Set<String> names = new LinkedHashSet<>(models.keptHeaders());
        names.addAll(models.routedHeaders());
        return List.copyOf(names);
    }

    /// Names of headers that somebody wants to see; another object when they may be others.
    List<String> keptHeaders() {
        return keptHeaders;
    }

    /// What the path of an inference addresses now.
    ///
    /// @param known what it addressed before, or null
    InferTarget target(String path, @Nullable InferTarget known) {
        long now = models.generation();
        if (now != generation) {
            generation = now;
            targets.clear();
            keptHeaders = keptHeaders(models);
        }
        if (known != null && known.generation() == now) {
            return known;
        }
        InferTarget target = targets.get(path);
        if (target == null) {
            if (targets.size() == KEPT_TARGETS) {
                targets.clear();
            }
            target = InferTarget.of(path, models, now);
            targets.put(path, target);
        }
        return target;
    }

    /// Those bytes where they can be read: in [#text], unless they are too many.
    byte[] text(ByteBuf bytes, int from, int count) {
        byte[] copy = count <= text.length ? text : new byte[count];
        bytes.getBytes(from, copy, 0, count);
        return copy;
    }

    RestCall takeCall() {
        RestCall call = free.poll();
        return call == null ? new RestCall(this) : call;
    }

    void give(RestCall call) {
        if (free.size() < KEPT_CALLS) {
            free.push(call);
        }
    }

    /// Has the answers of a connection flushed when this turn of the loop has done what it does.
    void flushLater(PipelinedResponses connection) {
        if (unflushed.isEmpty()) {
            eventLoop.execute(flush);
        }
        unflushed.add(connection);
    }

    private void flush() {
        List<PipelinedResponses> now = unflushed;
        unflushed = flushing;
        flushing = now;
        for (int i = 0; i < now.size(); i++) {
            now.get(i).flush();
        }
        now.clear();
    }

    /// On the loop, or after it has ended.
    @Override
    public void close() {
        completions.afterTheLoop(() -> {
            room.close();
            json.page().clear();
            writer.close();
            staging.close();
        });
    }
}
