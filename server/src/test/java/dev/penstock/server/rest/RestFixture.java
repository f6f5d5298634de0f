package dev.penstock.server.rest;

import dev.penstock.core.DataType;
import dev.penstock.core.Device;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ServingException;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.monitor.ServingStats;
import dev.penstock.proto.inference.ModelConfig;
import dev.penstock.router.AliasTarget;
import dev.penstock.router.ModelRoute;
import dev.penstock.router.RouteTable;
import dev.penstock.router.Router;
import dev.penstock.server.admin.Catalog;
import dev.penstock.server.admin.ModelControl;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.admin.VersionStatus;
import dev.penstock.server.fast.ByteBudget;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The inference port over real sockets, in front of models that echo their inputs.
///
/// - `echo` versions 1 and 2 (ready), 3 (not ready): any inputs of every type; its aliases are `canary` for 1,
/// `next`
///   for 3 and else 1, and `none` for 3 alone
/// - `rows` version 1: one input `x` FP32 [-1,2], in batches of up to 4
/// - `text` version 1: one input `s` BYTES [-1]
/// - `pair` version 1: `a` and `b`, both INT32 [2]
/// - `mixed` version 1: `a` FP32 [-1,-1,2], `b` BYTES [-1,2] and `c` INT64 [-1], in batches of up to 100
/// - `scalar` version 1, in the catalog alone: `x` FP32 []
/// - `broken`: known, without a version that serves
final class RestFixture implements AutoCloseable, Catalog, ModelControl {
    static final int MAX_BODY = 4 << 20;
    static final long NOW_NANOS = 1_000_000_000L;

    final EchoBatcher batcher = new EchoBatcher();
    final ServingStats stats = new ServingStats();
    final List<String> controlled = Collections.synchronizedList(new ArrayList<>());
    volatile boolean ready = true;
    volatile boolean stopping;

    /// Takes what is plain of the inferences for `rows`.
    final EchoModels fast = new EchoModels("rows", 2);

    final Router router;

    private final List<ModelStatus> models;
    private final EventLoops loops = EventLoops.start(1);
    private final HttpListener listener;
    private final HttpClient client = HttpClient.newHttpClient();

    RestFixture() throws IOException {
        NanoClock clock = () -> NOW_NANOS;
        router = new Router(batcher, stats, clock);
        Signature rows = signature(TensorSpec.of("x", DataType.FP32, -1, 2), 4);
        Signature text = signature(TensorSpec.of("s", DataType.BYTES, -1), 0);
        List<TensorSpec> two = List.of(TensorSpec.of("a", DataType.INT32, 2), TensorSpec.of("b", DataType.INT32, 2));
        Signature pair = new Signature(two, two, 0);
        List<TensorSpec> three = List.of(
                TensorSpec.of("a", DataType.FP32, -1, -1, 2),
                TensorSpec.of("b", DataType.BYTES, -1, 2),
                TensorSpec.of("c", DataType.INT64, -1));
        Signature mixed = new Signature(three, three, 100);
        Map<String, AliasTarget> aliases =
                Map.of("canary", new AliasTarget(1, 0), "next", new AliasTarget(3, 1), "none", new AliasTarget(3, 0));
        var echo2 = batcher.everyType("echo", 2);
        router.publish(RouteTable.of(List.of(
                new ModelRoute("echo", List.of(batcher.everyType("echo", 1), echo2), Set.of(3L), aliases),
                new ModelRoute("mixed", List.of(batcher.handle("mixed", 1, mixed)), Set.of()),
                new ModelRoute("rows", List.of(batcher.handle("rows", 1, rows)), Set.of()),
                new ModelRoute("text", List.of(batcher.handle("text", 1, text)), Set.of()),
                new ModelRoute("pair", List.of(batcher.handle("pair", 1, pair)), Set.of()),
                new ModelRoute("größe", List.of(batcher.everyType("größe", 1)), Set.of()))));
        models = List.of(
                new ModelStatus(
                        "echo",
                        List.of(
                                version(1, VersionState.READY, "", echo2.signature()),
                                version(2, VersionState.READY, "", echo2.signature()),
                                version(3, VersionState.UNAVAILABLE, "no such file", null)),
                        List.of(),
                        "",
                        aliases),
                new ModelStatus("mixed", List.of(version(1, VersionState.READY, "", mixed)), List.of(), ""),
                new ModelStatus("rows", List.of(version(1, VersionState.READY, "", rows)), List.of("odd field"), ""),
                new ModelStatus(
                        "scalar",
                        List.of(version(1, VersionState.READY, "", signature(TensorSpec.of("x", DataType.FP32), 0))),
                        List.of(),
                        ""),
                new ModelStatus("broken", List.of(), List.of(), "no version folder"));
        RestApi api = new RestApi(router, this, this, "penstock", "1.2.3", null);
        HttpLimits limits = HttpLimits.DEFAULT.withMaxBody(MAX_BODY, HttpLimits.DEFAULT.bodySetting());
        listener = HttpListener.start(loops, "127.0.0.1", 0, limits, api, fast, new ByteBudget(64L << 20, ""), clock);
    }

    private static Signature signature(TensorSpec spec, int maxBatchSize) {
        return new Signature(List.of(spec), List.of(spec), maxBatchSize);
    }

    private static VersionStatus version(
            long number, VersionState state, String reason, @Nullable Signature signature) {
        ModelConfig config =
                ModelConfig.newBuilder().setName("m").setMaxBatchSize(4).build();
        return new VersionStatus(number, state, reason, Device.CPU, signature, signature == null ? null : config);
    }

    int port() {
        return listener.port();
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    HttpResponse<byte[]> sendForBytes(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return send(request(path).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    HttpResponse<String> inferEcho(String body) throws IOException, InterruptedException {
        return post("/v2/models/echo/infer", body);
    }

    @Override
    public boolean stopping() {
        return stopping;
    }

    @Override
    public boolean ready() {
        return ready;
    }

    @Override
    public List<ModelStatus> models() {
        return models;
    }

    @Override
    public @Nullable ModelStatus model(String name) {
        return models.stream().filter(m -> m.name().equals(name)).findFirst().orElse(null);
    }

    @Override
    public void load(String model) {
        if (model.equals("bad")) {
            throw new ServingException(ErrorCode.INTERNAL, "failed to load 'bad', no version is available");
        }
        controlled.add("load " + model);
    }

    @Override
    public void unload(String model) {
        controlled.add("unload " + model + " on " + (Thread.currentThread().isVirtual() ? "virtual" : "platform"));
    }

    @Override
    public void close() {
        batcher.close();
        listener.close();
        loops.close();
        client.close();
    }
}
