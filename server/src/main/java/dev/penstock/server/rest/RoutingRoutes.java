package dev.penstock.server.rest;

import dev.penstock.core.ServingException;
import dev.penstock.server.routing.AssignOrder;
import dev.penstock.server.routing.CopyViewJson;
import dev.penstock.server.routing.Dealt;
import dev.penstock.server.routing.Expected;
import dev.penstock.server.routing.RouteAdmin;
import dev.penstock.server.routing.RouteJson;
import dev.penstock.server.routing.RouteRefusal;
import dev.penstock.server.routing.RouteView;
import dev.penstock.server.routing.RouteViewJson;
import dev.penstock.server.wire.HeaderText;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Shows and changes routes. It may wait for the record, so it happens off the event loops.
final class RoutingRoutes implements AdminHandler {
    private static final String ANY = "*";
    private static final Pattern TAG = Pattern.compile("\"([1-9][0-9]{0,17})\"");

    private final RouteAdmin routes;
    private final OffLoop offLoop = new OffLoop();

    RoutingRoutes(RouteAdmin routes) {
        this.routes = routes;
    }

    @Override
    public void handle(HttpExchange exchange, AdminRoute.Target target) {
        String route = target.routed();
        switch (target.route()) {
            case ROUTES -> all(exchange);
            case ROUTE -> one(exchange, route);
            case PUT_ROUTE -> put(exchange, route);
            case PATCH_ROUTE -> patch(exchange, route);
            case DELETE_ROUTE -> delete(exchange, route);
            case SHADOWS -> shadows(exchange, route);
            case ASSIGN -> assign(exchange, route);
            default -> throw target.misplaced();
        }
    }

    /// `GET /api/v1/routes`
    private void all(HttpExchange exchange) {
        answer(exchange, () -> ok(RouteViewJson.of(routes.all()), null));
    }

    /// `GET /api/v1/routes/{route}`
    private void one(HttpExchange exchange, String route) {
        answer(exchange, () -> ok(routes.one(route)));
    }

    /// `PUT /api/v1/routes/{route}`
    private void put(HttpExchange exchange, String route) {
        boolean dryRun = QueryText.parse(exchange.query(), List.of("dryRun")).flag("dryRun");
        JsonNode body = body(exchange);
        Expected expected = expected(exchange.headers());
        String who = exchange.principal();
        answer(exchange, () -> ok(routes.put(RouteJson.read(body, route), expected, dryRun, who)));
    }

    /// `PATCH /api/v1/routes/{route}`, a JSON merge patch
    private void patch(HttpExchange exchange, String route) {
        JsonNode body = body(exchange);
        Expected expected = expected(exchange.headers());
        String who = exchange.principal();
        answer(exchange, () -> ok(routes.patch(route, body, expected, who)));
    }

    /// `DELETE /api/v1/routes/{route}`
    private void delete(HttpExchange exchange, String route) {
        StrictFields.read(exchange.body(), List.of(), (_, _) -> {});
        Expected expected = expected(exchange.headers());
        String who = exchange.principal();
        answer(exchange, () -> {
            routes.delete(route, expected, who);
            return () -> Replies.ok(json -> json.writeStartObject()
                    .writeStringProperty("deleted", route)
                    .writeEndObject());
        });
    }

    /// `GET /api/v1/routes/{route}/shadows`
    private void shadows(HttpExchange exchange, String route) {
        answer(exchange, () -> ok(CopyViewJson.of(route, routes.copies(route)), null));
    }

    /// `POST /api/v1/routes/{route}:assign`
    private void assign(HttpExchange exchange, String route) {
        AssignOrder order = AssignOrder.read(body(exchange));
        answer(exchange, () -> {
            Dealt dealt = routes.assign(route, order);
            return ok(RouteViewJson.of(dealt), null);
        });
    }

    private static JsonNode body(HttpExchange exchange) {
        ByteBuf body = exchange.body();
        Utf8.check(body, body.readerIndex(), body.readableBytes());
        String text = body.toString(StandardCharsets.UTF_8);
        return RouteJson.tree(text.isEmpty() ? "{}" : text);
    }

    private static Expected expected(HttpHeaders headers) {
        String match = headers.get(HttpHeaderNames.IF_MATCH);
        String none = headers.get(HttpHeaderNames.IF_NONE_MATCH);
        if (match != null && none != null) {
            throw ServingException.invalid("If-Match and If-None-Match (expected: one of them)");
        }
        if (none != null) {
            if (!none.strip().equals(ANY)) {
                throw ServingException.invalid("If-None-Match: '%s' (expected: *)".formatted(HeaderText.quote(none)));
            }
            return new Expected.Absent();
        }
        if (match == null) {
            return new Expected.Nothing();
        }
        Matcher tag = TAG.matcher(match.strip());
        if (tag.matches()) {
            return new Expected.Revision(Long.parseLong(tag.group(1)));
        }
        if (match.strip().equals(ANY)) {
            return new Expected.Present();
        }
        throw ServingException.invalid("If-Match: '%s' (expected: the ETag of the route, such as \"17\", or *)"
                .formatted(HeaderText.quote(match)));
    }

    private void answer(HttpExchange exchange, Supplier<Supplier<FullHttpResponse>> work) {
        offLoop.answer(exchange, "routes", () -> {
            try {
                return work.get();
            } catch (RouteRefusal e) {
                return refused(e);
            }
        });
    }

    private static Supplier<FullHttpResponse> refused(RouteRefusal refusal) {
        HttpResponseStatus status = switch (refusal.reason()) {
            case UNSAID -> HttpResponseStatus.PRECONDITION_REQUIRED;
            case STALE -> HttpResponseStatus.PRECONDITION_FAILED;
            case ROLLOUT_RUNS -> HttpResponseStatus.CONFLICT;
        };
        ObjectNode body = RouteViewJson.error(refusal);
        return response(status, body, refusal.current());
    }

    private static Supplier<FullHttpResponse> ok(RouteView view) {
        return ok(RouteViewJson.of(view), view);
    }

    private static Supplier<FullHttpResponse> ok(JsonNode body, @Nullable RouteView view) {
        return response(HttpResponseStatus.OK, body, view);
    }

    private static Supplier<FullHttpResponse> response(
            HttpResponseStatus status, JsonNode body, @Nullable RouteView tagged) {
        byte[] text = body.toString().getBytes(StandardCharsets.UTF_8);
        return () -> {
            FullHttpResponse response =
                    Replies.of(status, HttpHeaderValues.APPLICATION_JSON, Unpooled.wrappedBuffer(text));
            if (tagged != null) {
                response.headers()
                        .set(
                                HttpHeaderNames.ETAG,
                                "\"%d\"".formatted(tagged.recorded().revision()));
            }
            return response;
        };
    }
}
