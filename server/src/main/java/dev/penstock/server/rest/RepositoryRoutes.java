package dev.penstock.server.rest;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.admin.Catalog;
import dev.penstock.server.admin.ModelControl;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.wire.HeaderText;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.function.BiConsumer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// The model repository extension: what is there, and loading and unloading it.
final class RepositoryRoutes {
    private final Catalog catalog;
    private final ModelControl control;
    private final OffLoop offLoop = new OffLoop();

    RepositoryRoutes(Catalog catalog, ModelControl control) {
        this.catalog = catalog;
        this.control = control;
    }

    void index(HttpExchange exchange) {
        boolean[] onlyReady = {false};
        readFields(exchange.body(), (field, json) -> {
            if (field.equals("ready")) {
                onlyReady[0] = RequestJson.bool(json, "'ready'");
            } else {
                json.skipChildren();
            }
        });
        List<ModelStatus> models = catalog.models();
        exchange.respond(() -> Replies.ok(json -> MetadataJson.writeIndex(json, models, onlyReady[0])));
    }

    /// Answers when the model serves or cannot.
    void load(HttpExchange exchange, String model) {
        checkParameters(exchange.body(), List.of());
        exchange.about(model, 0);
        offLoop.answer(exchange, "load", () -> {
            control.load(model);
            return () -> Replies.empty(HttpResponseStatus.OK);
        });
    }

    /// Answers when the model is gone.
    void unload(HttpExchange exchange, String model) {
        // There are no ensembles, so no model has dependents.
        checkParameters(exchange.body(), List.of("unload_dependents"));
        exchange.about(model, 0);
        offLoop.answer(exchange, "unload", () -> {
            control.unload(model);
            return () -> Replies.empty(HttpResponseStatus.OK);
        });
    }

    /// A parameter that would be ignored would leave the caller with another model than it asked for.
    private static void checkParameters(ByteBuf body, List<String> harmless) {
        readFields(body, (field, json) -> {
            if (!field.equals("parameters")) {
                json.skipChildren();
                return;
            }
            RequestJson.expect(json, JsonToken.START_OBJECT, "'parameters'", "an object");
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                if (!harmless.contains(name)) {
                    throw new ServingException(
                            ErrorCode.UNSUPPORTED, "parameter '%s' is not supported".formatted(HeaderText.quote(name)));
                }
                json.nextToken();
                json.skipChildren();
            }
        });
    }

    /// Calls `field` with the parser at the value of each field of the body; an empty body has none.
    private static void readFields(ByteBuf body, BiConsumer<String, JsonParser> field) {
        Utf8.check(body, body.readerIndex(), body.readableBytes());
        try (JsonParser json = Json.parser(body, body.readerIndex(), body.readableBytes())) {
            if (json.nextToken() == null) {
                return;
            }
            RequestJson.expect(json, JsonToken.START_OBJECT, "the request", "an object");
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                json.nextToken();
                field.accept(name, json);
            }
        } catch (JacksonException e) {
            throw RequestJson.malformed(e);
        }
    }
}
