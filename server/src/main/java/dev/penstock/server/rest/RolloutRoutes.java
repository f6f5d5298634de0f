package dev.penstock.server.rest;

import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.Command;
import dev.penstock.router.rollout.OutOfPlace;
import dev.penstock.router.rollout.Wish;
import dev.penstock.server.rollout.ApplyOrder;
import dev.penstock.server.rollout.ApplyPlan;
import dev.penstock.server.rollout.RolloutAsked;
import dev.penstock.server.rollout.RolloutJson;
import dev.penstock.server.rollout.RolloutViewJson;
import dev.penstock.server.rollout.Rollouts;
import dev.penstock.server.rollout.StillRunning;
import dev.penstock.server.routing.Fields;
import dev.penstock.server.routing.RouteJson;
import dev.penstock.server.routing.RouteRefusal;
import dev.penstock.server.upload.Places;
import dev.penstock.server.wire.HeaderText;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Shows rollouts, starts them, and does with them what people want. It may wait for the record, so it
/// happens off the event loops.
final class RolloutRoutes implements AdminHandler {
    /// Events that one answer has at most.
    private static final int MOST_EVENTS = 1000;

    /// Streams at a time; each has a thread, though a light one.
    private static final int MOST_STREAMS = 32;

    private final Rollouts rollouts;
    private final OffLoop offLoop = new OffLoop();
    private final OffLoop streams = new OffLoop(new Places(MOST_STREAMS));

    RolloutRoutes(Rollouts rollouts) {
        this.rollouts = rollouts;
    }

    @Override
    public void handle(HttpExchange exchange, AdminRoute.Target target) {
        switch (target.route()) {
            case APPLY -> apply(exchange);
            case ROLLOUTS -> all(exchange);
            case START_ROLLOUT -> start(exchange);
            case ROLLOUT -> one(exchange, target.id());
            case DELETE_ROLLOUT -> delete(exchange, target.id());
            case ROLLOUT_EVENTS -> events(exchange, target.id());
            case PAUSE_ROLLOUT -> act(exchange, target.id(), Command.PAUSE);
            case RESUME_ROLLOUT -> act(exchange, target.id(), Command.RESUME);
            case PROMOTE_ROLLOUT -> act(exchange, target.id(), Command.PROMOTE);
            case ABORT_ROLLOUT -> act(exchange, target.id(), Command.ABORT);
            case SKIP_ROLLOUT -> act(exchange, target.id(), Command.SKIP);
            case APPROVE_ROLLOUT -> act(exchange, target.id(), Command.APPROVE);
            default -> throw target.misplaced();
        }
    }

    /// `GET /api/v1/rollouts`, with `?route=` those of one, with `?limit=` so many
    private void all(HttpExchange exchange) {
        QueryText query = QueryText.parse(exchange.query(), List.of("route", "limit"));
        String route = query.text("route");
        int limit = (int) query.number("limit", 1, Rollouts.MOST_TOLD, Rollouts.USUALLY_TOLD);
        answer(exchange, () -> RolloutViewJson.of(rollouts.all(route, limit)));
    }

    /// `POST /api/v1/rollouts`
    private void start(HttpExchange exchange) {
        boolean dryRun = QueryText.parse(exchange.query(), List.of("dryRun")).flag("dryRun");
        JsonNode body = body(exchange);
        String who = exchange.principal();
        answer(exchange, () -> {
            RolloutJson.Order order = RolloutAsked.read(body);
            return dryRun ? RolloutViewJson.of(rollouts.plan(order)) : RolloutViewJson.of(rollouts.start(order, who));
        });
    }

    /// `POST /api/v1/apply`
    private void apply(HttpExchange exchange) {
        QueryText query = QueryText.parse(exchange.query(), List.of("dryRun", "undoPromotions"));
        boolean dryRun = query.flag("dryRun");
        boolean undo = query.flag("undoPromotions");
        JsonNode body = body(exchange);
        String who = exchange.principal();
        offLoop.answer(exchange, "apply", () -> {
            ApplyPlan plan = rollouts.apply(ApplyOrder.read(body, undo), dryRun, who);
            boolean refused = !plan.refusals().isEmpty();
            return reply(refused ? HttpResponseStatus.CONFLICT : HttpResponseStatus.OK, plan.json());
        });
    }

    /// `GET /api/v1/rollouts/{id}`
    private void one(HttpExchange exchange, String id) {
        answer(exchange, () -> RolloutViewJson.of(rollouts.one(id)));
    }

    /// `DELETE /api/v1/rollouts/{id}`, with `?reason=`
    private void delete(HttpExchange exchange, String id) {
        String reason = QueryText.parse(exchange.query(), List.of("reason")).text("reason");
        String who = exchange.principal();
        answer(exchange, () -> {
            rollouts.forget(id, who, reason);
            return JsonMapper.shared().createObjectNode().put("deleted", id);
        });
    }

    /// `POST /api/v1/rollouts/{id}:pause` and so on.
    private void act(HttpExchange exchange, String id, Command command) {
        Wish wish = wish(Fields.of(body(exchange), known(command)), command, exchange.principal());
        answer(exchange, () -> RolloutViewJson.of(rollouts.act(id, wish)));
    }

    private static List<String> known(Command command) {
        return switch (command) {
            case PROMOTE -> List.of("reason", "arm");
            case RESUME, SKIP, APPROVE -> List.of("reason", "seen");
            case PAUSE, ABORT -> List.of("reason");
        };
    }

    private static Wish wish(Fields fields, Command command, String who) {
        return new Wish(command, fields.text("arm", ""), who, fields.text("reason", ""), seen(fields));
    }

    private static long seen(Fields fields) {
        JsonNode seen = fields.get("seen");
        if (seen == null) {
            return Wish.ALL;
        }
        if (!seen.isIntegralNumber() || !seen.canConvertToLong() || seen.asLong() == Wish.ALL) {
            throw ServingException.invalid(
                    "seen: %s (expected: the number of an event)".formatted(HeaderText.quote(seen.toString())));
        }
        return seen.asLong();
    }

    /// `GET /api/v1/rollouts/{id}/events`: JSON, or for those who ask for it a stream of server-sent events
    /// that goes on until the rollout is over.
    private void events(HttpExchange exchange, String id) {
        String asked = QueryText.parse(exchange.query(), List.of("after")).text("after");
        String last = exchange.headers().get("last-event-id", asked.isEmpty() ? "0" : asked);
        if (!last.matches("[0-9]{1,18}")) {
            throw ServingException.invalid(
                    "after: '%s' (expected: the number of an event)".formatted(HeaderText.quote(last)));
        }
        long after = Long.parseLong(last);
        String accepted = exchange.headers().get(HttpHeaderNames.ACCEPT, "");
        if (accepted.contains(RolloutStream.CONTENT_TYPE) && exchange.takesParts()) {
            streams.answer(
                    exchange,
                    "rollout-events",
                    () -> RolloutStream.of(rollouts, exchange, id, after).run());
            return;
        }
        answer(exchange, () -> {
            ObjectNode node = JsonMapper.shared().createObjectNode();
            ArrayNode events = node.putArray("events");
            rollouts.events(id, after, MOST_EVENTS).forEach(event -> events.add(RolloutViewJson.of(event)));
            return node;
        });
    }

    private static JsonNode body(HttpExchange exchange) {
        ByteBuf body = exchange.body();
        Utf8.check(body, body.readerIndex(), body.readableBytes());
        String text = body.toString(StandardCharsets.UTF_8);
        return RouteJson.tree(text.isEmpty() ? "{}" : text);
    }

    private void answer(HttpExchange exchange, Supplier<ObjectNode> work) {
        offLoop.answer(exchange, "rollouts", () -> {
            HttpResponseStatus status = HttpResponseStatus.OK;
            ObjectNode node;
            try {
                node = work.get();
            } catch (RouteRefusal | OutOfPlace | StillRunning e) {
                status = HttpResponseStatus.CONFLICT;
                node = JsonMapper.shared().createObjectNode().put("error", e.getMessage());
            }
            return reply(status, node);
        });
    }

    private static Supplier<FullHttpResponse> reply(HttpResponseStatus status, ObjectNode node) {
        byte[] text = node.toString().getBytes(StandardCharsets.UTF_8);
        return () -> Replies.of(status, HttpHeaderValues.APPLICATION_JSON, Unpooled.wrappedBuffer(text));
    }
}
