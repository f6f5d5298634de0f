package dev.penstock.server.rest;

import dev.penstock.core.ServingException;
import dev.penstock.server.admin.Catalog;
import dev.penstock.server.admin.LifecycleEvent;
import dev.penstock.server.admin.ModelAdmin;
import dev.penstock.server.admin.ModelPage;
import dev.penstock.server.store.AliasRecord;
import dev.penstock.server.store.AuditEntry;
import dev.penstock.server.store.ModelRecord;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tools.jackson.core.JsonGenerator;

/// What can be asked and changed of registered models, but for registering. All of it may wait for the record,
/// so it happens off the event loops.
final class ModelActs {
    private static final List<String> AUDIT = List.of("model", "limit", "before");

    private final Catalog catalog;
    private final ModelAdmin admin;
    private final OffLoop offLoop = new OffLoop();

    ModelActs(Catalog catalog, ModelAdmin admin) {
        this.catalog = catalog;
        this.admin = admin;
    }

    void all(HttpExchange exchange) {
        answer(exchange, () -> {
            List<ModelPage> pages = ModelPage.all(catalog.models(), admin.registered());
            return json -> ModelPages.writeAll(json, pages);
        });
    }

    void one(HttpExchange exchange, String model) {
        answer(exchange, () -> {
            ModelPage page = ModelPage.find(model, catalog, admin);
            return json -> ModelPages.write(json, page);
        });
    }

    void events(HttpExchange exchange, String model) {
        answer(exchange, () -> {
            List<LifecycleEvent> events = admin.events(model);
            return json -> {
                json.writeStartObject().writeArrayPropertyStart("events");
                events.forEach(event -> LifecycleJson.writeEvent(json, event));
                json.writeEndArray().writeEndObject();
            };
        });
    }

    void audit(HttpExchange exchange) {
        QueryText query = QueryText.parse(exchange.query(), AUDIT);
        String model = query.text("model");
        int limit = (int) query.number("limit", 1, ModelAdmin.MAX_HISTORY, ModelAdmin.USUAL_HISTORY);
        long before = query.number("before", 1, Long.MAX_VALUE, Long.MAX_VALUE);
        answer(exchange, () -> {
            List<AuditEntry> entries = admin.history(model, before, limit);
            return json -> {
                json.writeStartObject().writeArrayPropertyStart("entries");
                entries.forEach(entry -> LifecycleJson.writeAudit(json, entry));
                json.writeEndArray().writeEndObject();
            };
        });
    }

    void promote(HttpExchange exchange, String model, String alias) {
        long[] version = {0};
        StrictFields.read(exchange.body(), List.of("version"), (field, json) -> {
            version[0] = RequestJson.integer(json, "'version'");
        });
        if (version[0] <= 0) {
            throw ServingException.invalid("field 'version' is missing or not > 0 (expected: the version to point to)");
        }
        answer(exchange, () -> alias(model, admin.promote(model, alias, version[0], exchange.principal())));
    }

    void rollBack(HttpExchange exchange, String model, String alias) {
        checkEmpty(exchange.body());
        answer(exchange, () -> alias(model, admin.rollBack(model, alias, exchange.principal())));
    }

    private Consumer<JsonGenerator> alias(String model, AliasRecord alias) {
        long effective = ModelPage.effective(catalog.model(model), alias);
        return json -> LifecycleJson.writeAlias(json, alias, effective);
    }

    void dropAlias(HttpExchange exchange, String model, String alias) {
        checkEmpty(exchange.body());
        answer(exchange, () -> {
            admin.dropAlias(model, alias, exchange.principal());
            return json -> json.writeStartObject()
                    .writeStringProperty("model", model)
                    .writeStringProperty("alias", alias)
                    .writeEndObject();
        });
    }

    void want(HttpExchange exchange, String model, long version, boolean wanted) {
        checkEmpty(exchange.body());
        answer(exchange, () -> {
            admin.setWanted(model, version, wanted, exchange.principal());
            return json -> named(json, model, version)
                    .writeBooleanProperty("wanted", wanted)
                    .writeEndObject();
        });
    }

    void policy(HttpExchange exchange, String model) {
        String[] policy = {""};
        StrictFields.read(exchange.body(), List.of("policy"), (field, json) -> {
            policy[0] = RequestJson.text(json, "'policy'");
        });
        if (policy[0].isEmpty()) {
            throw ServingException.invalid("field 'policy' is missing (expected: latest N, all, or specific 1,2)");
        }
        answer(exchange, () -> {
            ModelRecord next = admin.setPolicy(model, policy[0], exchange.principal());
            return json -> json.writeStartObject()
                    .writeStringProperty("model", model)
                    .writeStringProperty("policy", next.policy())
                    .writeEndObject();
        });
    }

    /// @param version 0 for the whole model
    void delete(HttpExchange exchange, String model, long version) {
        checkEmpty(exchange.body());
        answer(exchange, () -> {
            admin.delete(model, version, exchange.principal());
            return json -> named(json, model, version).writeEndObject();
        });
    }

    void verify(HttpExchange exchange, String model, long version) {
        checkEmpty(exchange.body());
        answer(exchange, () -> {
            List<String> problems = admin.verify(model, version);
            return json -> {
                named(json, model, version).writeArrayPropertyStart("problems");
                problems.forEach(json::writeString);
                json.writeEndArray().writeEndObject();
            };
        });
    }

    private static JsonGenerator named(JsonGenerator json, String model, long version) {
        return json.writeStartObject().writeStringProperty("model", model).writeNumberProperty("version", version);
    }

    private static void checkEmpty(ByteBuf body) {
        StrictFields.read(body, List.of(), (field, json) -> json.skipChildren());
    }

    /// @param work may block
    private void answer(HttpExchange exchange, Supplier<Consumer<JsonGenerator>> work) {
        offLoop.answer(exchange, "admin", () -> {
            byte[] text = Json.bytes(work.get());
            return () ->
                    Replies.of(HttpResponseStatus.OK, HttpHeaderValues.APPLICATION_JSON, Unpooled.wrappedBuffer(text));
        });
    }
}
