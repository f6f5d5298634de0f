package dev.penstock.server.rest;

import dev.penstock.core.ErrorCode;
import dev.penstock.router.Router;
import dev.penstock.server.admin.Catalog;
import dev.penstock.server.admin.ModelControl;
import dev.penstock.server.calls.CallKind;
import dev.penstock.server.feedback.Feedback;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The inference port: the Open Inference Protocol, version 2, and what came before it, over HTTP. Thread-safe.
public final class RestApi implements HttpHandler {
    /// Compressed; a thousand times as many may come out of them.
    private static final int MAX_DECOMPRESSED_ON_LOOP = 1024;

    private final OffLoop offLoop = new OffLoop();
    private final Catalog catalog;
    private final String serverName;
    private final String serverVersion;
    private final InferRoute infer;
    private final PredictRoute predict;
    private final ModelRoutes models;
    private final RepositoryRoutes repository;
    private final FeedbackRoute feedback;

    /// @param serverName as clients are told it
    /// @param taker what callers say of answers goes there; null if nobody takes it
    public RestApi(
            Router router,
            Catalog catalog,
            ModelControl control,
            String serverName,
            String serverVersion,
            @Nullable Feedback taker) {
        this.feedback = new FeedbackRoute(taker);
        this.catalog = catalog;
        this.serverName = serverName;
        this.serverVersion = serverVersion;
        this.infer = new InferRoute(router);
        this.predict = new PredictRoute(router);
        this.models = new ModelRoutes(catalog);
        this.repository = new RepositoryRoutes(catalog, control);
    }

    @Override
    public void handle(HttpExchange exchange) {
        @Nullable Route route = Routes.find(exchange.path());
        @Nullable String coding = coding(exchange);
        if (route != null) {
            observe(exchange, route.kind());
        }
        if (route == null) {
            exchange.respond(Replies::notFound);
        } else if (!route.kind().allows(exchange.method().name())) {
            exchange.respond(() -> Replies.methodNotAllowed(route.kind().methods()));
        } else if (coding == null) {
            answer(exchange, route);
        } else if (HttpHeaderValues.GZIP.contentEqualsIgnoreCase(coding)) {
            decompress(exchange, route);
        } else {
            exchange.respond(RestApi::unsupportedCompression);
        }
    }

    private static void observe(HttpExchange exchange, Route.Kind kind) {
        if (kind == Route.Kind.INFER) {
            exchange.observe(CallKind.HTTP);
        } else if (kind == Route.Kind.PREDICT) {
            exchange.observe(CallKind.HTTP_V1);
        }
    }

    private void answer(HttpExchange exchange, Route route) {
        switch (route.kind()) {
            case ALIVE ->
                exchange.respond(() -> Replies.ok(json -> json.writeStartObject()
                        .writeStringProperty("status", "alive")
                        .writeEndObject()));
            case LIVE -> exchange.respond(() -> flag(HttpResponseStatus.OK, "live", true));
            case READY -> ready(exchange);
            case SERVER ->
                exchange.respond(() -> Replies.ok(json -> MetadataJson.writeServer(json, serverName, serverVersion)));
            case MODELS -> models.list(exchange);
            case MODEL -> models.metadata(exchange, route);
            case MODEL_READY -> models.ready(exchange, route);
            case MODEL_CONFIG -> models.config(exchange, route);
            case INFER -> infer.infer(exchange, route.model(), route.version());
            case PREDICT -> predict.predict(exchange, route.model(), route.version());
            case STATUS -> models.status(exchange, route);
            case SIGNATURES -> models.signatures(exchange, route);
            case FEEDBACK -> feedback.take(exchange);
            case INDEX -> repository.index(exchange);
            case LOAD -> repository.load(exchange, route.model());
            case UNLOAD -> repository.unload(exchange, route.model());
            case LATER ->
                exchange.respond(() -> RestErrors.of(ErrorCode.UNSUPPORTED, route.missing() + " is not supported"));
        }
    }

    private void ready(HttpExchange exchange) {
        boolean ready = catalog.ready();
        HttpResponseStatus otherwise =
                catalog.stopping() ? HttpResponseStatus.SERVICE_UNAVAILABLE : HttpResponseStatus.BAD_REQUEST;
        exchange.respond(() -> flag(ready ? HttpResponseStatus.OK : otherwise, "ready", ready));
    }

    private static FullHttpResponse flag(HttpResponseStatus status, String name, boolean value) {
        return Replies.json(
                status,
                json -> json.writeStartObject()
                        .writeBooleanProperty(name, value)
                        .writeEndObject());
    }

    /// @return null where there is none
    private static @Nullable String coding(HttpExchange exchange) {
        List<String> codings = new ArrayList<>(exchange.headers().getAll(HttpHeaderNames.CONTENT_ENCODING));
        codings.removeIf(HttpHeaderValues.IDENTITY::contentEqualsIgnoreCase);
        return codings.isEmpty() ? null : String.join(",", codings);
    }

    private void decompress(HttpExchange exchange, Route route) {
        if (exchange.body().readableBytes() <= MAX_DECOMPRESSED_ON_LOOP) {
            exchange.decompress();
            answer(exchange, route);
        } else {
            offLoop.prepare(exchange, "gunzip", exchange::decompress, () -> answer(exchange, route));
        }
    }

    private static FullHttpResponse unsupportedCompression() {
        FullHttpResponse response = RestErrors.of(ErrorCode.UNSUPPORTED, "Unsupported compression type");
        response.headers().set(HttpHeaderNames.ACCEPT_ENCODING, HttpHeaderValues.GZIP);
        return response;
    }
}
