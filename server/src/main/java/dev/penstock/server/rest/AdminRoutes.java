package dev.penstock.server.rest;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.admin.Catalog;
import dev.penstock.server.admin.ModelAdmin;
import dev.penstock.server.alerting.Alerting;
import dev.penstock.server.feedback.Feedback;
import dev.penstock.server.logging.LogLevels;
import dev.penstock.server.monitoring.Monitoring;
import dev.penstock.server.rollout.Rollouts;
import dev.penstock.server.routing.RouteAdmin;
import dev.penstock.server.upload.UploadSettings;
import dev.penstock.server.wire.HeaderText;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The admin port: shows the models, and registers, moves and retires their versions.
public final class AdminRoutes implements HttpHandler {
    /// All others refuse a query.
    private static final Set<AdminRoute> TAKE_QUERIES = EnumSet.of(
            AdminRoute.AUDIT,
            AdminRoute.HEALTH,
            AdminRoute.DRIFT,
            AdminRoute.QUALITY,
            AdminRoute.ADD_BASELINE,
            AdminRoute.PUT_ROUTE,
            AdminRoute.APPLY,
            AdminRoute.ROLLOUTS,
            AdminRoute.START_ROLLOUT,
            AdminRoute.DELETE_ROLLOUT,
            AdminRoute.ROLLOUT_EVENTS);

    private final Catalog catalog;
    private final AuditNotes notes;
    private final Map<AdminArea, AdminHandler> handlers;

    /// Only shows what is served: there is no record that could be changed.
    public AdminRoutes(Catalog catalog, LogLevels levels) {
        this(catalog, new AuditNotes(null), levels, new ShownModels(catalog));
    }

    public AdminRoutes(Catalog catalog, ModelAdmin admin, UploadSettings uploads, LogLevels levels) {
        this(catalog, new AuditNotes(admin), levels, new RecordedModelRoutes(catalog, admin, uploads));
    }

    private AdminRoutes(Catalog catalog, AuditNotes notes, LogLevels levels, AdminHandler models) {
        this(
                catalog,
                notes,
                Map.of(
                        AdminArea.SERVER, new ServerRoutes(catalog),
                        AdminArea.LOG_LEVELS, new LogLevelRoutes(levels, notes),
                        AdminArea.MODELS, models));
    }

    private AdminRoutes(Catalog catalog, AuditNotes notes, Map<AdminArea, AdminHandler> handlers) {
        this.catalog = catalog;
        this.notes = notes;
        this.handlers = new EnumMap<>(handlers);
    }

    /// The same, and shows what drifts, who is told of that, and how good answers are.
    public AdminRoutes with(Monitoring monitoring, Alerting alerting, Feedback feedback) {
        return with(Map.of(
                AdminArea.MONITORING, new MonitoringRoutes(monitoring, catalog),
                AdminArea.ALERTS, new AlertRoutes(monitoring, alerting, notes),
                AdminArea.QUALITY, new QualityRoutes(feedback, notes)));
    }

    /// The same, and manages routes.
    public AdminRoutes with(RouteAdmin routes) {
        return with(Map.of(AdminArea.ROUTING, new RoutingRoutes(routes)));
    }

    /// The same, and manages rollouts.
    public AdminRoutes with(Rollouts rollouts) {
        return with(Map.of(AdminArea.ROLLOUTS, new RolloutRoutes(rollouts)));
    }

    private AdminRoutes with(Map<AdminArea, AdminHandler> more) {
        Map<AdminArea, AdminHandler> all = new EnumMap<>(handlers);
        all.putAll(more);
        return new AdminRoutes(catalog, notes, all);
    }

    @Override
    public @Nullable BodyLimit streamed(HttpRequest head) {
        AdminRoute.Target target = target(RequestTarget.path(head.uri()), head.method());
        AdminHandler handler =
                target == null ? null : handlers.get(target.route().area());
        return target == null || handler == null ? null : handler.streamed(target.route());
    }

    private static AdminRoute.@Nullable Target target(String path, HttpMethod method) {
        try {
            return AdminRoute.among(AdminRoute.at(PathSegments.split(path)), method.name());
        } catch (ServingException e) {
            // It is refused when it is handled.
            return null;
        }
    }

    @Override
    public void handle(HttpExchange exchange) {
        List<AdminRoute.Target> targets = AdminRoute.at(PathSegments.split(exchange.path()));
        AdminRoute.Target target = AdminRoute.among(targets, exchange.method().name());
        if (target != null) {
            answer(exchange, target);
        } else if (targets.isEmpty()) {
            exchange.respond(Replies::notFound);
        } else {
            exchange.respond(() -> Replies.methodNotAllowed(AdminRoute.allowed(targets)));
        }
    }

    private void answer(HttpExchange exchange, AdminRoute.Target target) {
        AdminRoute route = target.route();
        String model = target.model();
        refuseBrowsers(exchange, route);
        if (!TAKE_QUERIES.contains(route)) {
            QueryText.parse(exchange.query(), List.of());
        }
        if (!model.isEmpty()) {
            Routes.checkName(model);
            exchange.about(model, 0);
        }
        AdminHandler handler = handlers.get(route.area());
        if (handler == null) {
            throw route.area().absent();
        }
        handler.handle(exchange, target);
    }

    /// A page that a person looks at could otherwise have the browser change what this port, which is closed
    /// to all other machines, can change. Browsers say where such a request comes from; nothing else does.
    private static void refuseBrowsers(HttpExchange exchange, AdminRoute route) {
        String origin = exchange.headers().get(HttpHeaderNames.ORIGIN);
        if (origin != null && !route.isRead()) {
            throw new ServingException(
                    ErrorCode.PERMISSION_DENIED,
                    "Origin: '%s' (expected: none, as web pages may change nothing here)"
                            .formatted(HeaderText.quote(origin)));
        }
    }
}
