package dev.penstock.loadtest.soak;

import com.google.protobuf.ByteString;
import dev.penstock.loadtest.bench.Server;
import dev.penstock.loadtest.bench.Wire;
import dev.penstock.loadtest.engine.Extent;
import dev.penstock.loadtest.engine.InferPayloads;
import dev.penstock.loadtest.engine.LoadException;
import dev.penstock.loadtest.engine.LoadPlan;
import dev.penstock.loadtest.engine.LoadResult;
import dev.penstock.loadtest.engine.LoadRun;
import dev.penstock.loadtest.engine.LoadWindow;
import dev.penstock.loadtest.engine.Pacing;
import dev.penstock.loadtest.engine.Payload;
import dev.penstock.loadtest.engine.PhaseObserver;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferRequest.InferInputTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/// A few callers of one door, who name the model and no version. Each asks again shortly after its answer,
/// until they are told to stop; every answer is looked at. Has a thread, from [#start] until [#stop].
final class Callers implements PhaseObserver {
    private static final int CALLERS = 4;
    private static final Duration REST = Duration.ofMillis(5);
    private static final Duration FOR_EVER = Duration.ofHours(9);
    private static final Duration WINDOW = Duration.ofSeconds(1);

    private final Wire wire;
    private final LoadPlan plan;
    private final LoadRun generator;
    private final Runnable failed;
    private final CompletableFuture<LoadResult> outcome = new CompletableFuture<>();
    private volatile boolean over;

    /// @param check what answers to a variant must be
    /// @param failed called soon after requests failed, on this one's thread
    Callers(Server server, Wire wire, IntFunction<SwapCheck> check, Runnable failed, LongSupplier nanoClock) {
        this.wire = wire;
        this.generator = new LoadRun(nanoClock);
        this.failed = failed;
        List<Payload> payloads = new ArrayList<>();
        for (int variant = 0; variant < SwapModel.VARIANTS; variant++) {
            payloads.add(payload(wire, SwapModel.input(variant)).expecting(check.apply(variant)));
        }
        this.plan = LoadPlan.to(server.address(wire), wire.protocol(), payloads)
                .connections(CALLERS)
                .pacing(new Pacing.Resting(REST))
                .extent(new Extent.During(Duration.ZERO, FOR_EVER))
                .window(WINDOW)
                .verifyEvery(1)
                .breakdown(List.of(SwapCheck.HEADER))
                .build();
    }

    private static Payload payload(Wire wire, float[] input) {
        if (wire == Wire.GRPC) {
            ByteBuffer raw = ByteBuffer.allocate(input.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            raw.asFloatBuffer().put(input);
            return InferPayloads.unary(ModelInferRequest.newBuilder()
                    .setModelName(SwapModel.NAME)
                    .addInputs(InferInputTensor.newBuilder()
                            .setName("x")
                            .setDatatype("FP32")
                            .addShape(1)
                            .addShape(input.length))
                    .addRawInputContents(ByteString.copyFrom(raw))
                    .build());
        }
        return InferPayloads.json(
                SwapModel.NAME,
                "",
                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,%d],\"data\":%s}]}"
                        .formatted(input.length, Arrays.toString(input)));
    }

    void start() {
        Thread.ofPlatform().daemon().name("callers by " + wire).start(this::ask);
    }

    private void ask() {
        try {
            outcome.complete(generator.run(plan, this));
        } catch (LoadException | IllegalStateException e) {
            outcome.completeExceptionally(e);
        }
    }

    @Override
    public void measuringBegan(long nowNanos) {}

    @Override
    public void measuringEnded(long nowNanos) {}

    @Override
    public boolean window(LoadWindow window) {
        if (window.failed() > 0) {
            failed.run();
        }
        return !over;
    }

    /// Whether they ended before they were told to.
    boolean gaveUp() {
        return outcome.isDone();
    }

    /// Ends them. Blocks until the last has its answer.
    ///
    /// @throws java.util.concurrent.CompletionException if they could not ask
    LoadResult stop() {
        over = true;
        return outcome.join();
    }

    /// For the report.
    static String text(Wire wire, LoadResult result) {
        String errors = result.errors().entrySet().stream()
                .map(error -> error.getValue() + " " + error.getKey())
                .collect(Collectors.joining(", "));
        return String.format(
                Locale.ROOT,
                "%s: %,d answers, the slowest after %.1f ms%s",
                wire,
                result.succeeded(),
                (double) result.latency().getMaxValue() / 1e6,
                errors.isEmpty() ? "" : "; " + errors);
    }
}
