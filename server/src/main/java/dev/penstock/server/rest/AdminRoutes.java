package dev.penstock.server.rest;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.Command;
import dev.penstock.server.admin.Catalog;
import dev.penstock.server.admin.ModelAdmin;
import dev.penstock.server.admin.ModelPage;
import dev.penstock.server.alerting.Alerting;
import dev.penstock.server.alerting.RetrainingRequest;
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
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// The admin port: shows the models, and registers, moves and retires their versions.
public final class AdminRoutes implements HttpHandler {
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

    private static final Set<AdminRoute> MONITORING = EnumSet.of(
            AdminRoute.DRIFT,
            AdminRoute.ALERTS,
            AdminRoute.RETRAINING,
            AdminRoute.APPROVE_RETRAINING,
            AdminRoute.DISMISS_RETRAINING,
            AdminRoute.BASELINES,
            AdminRoute.ADD_BASELINE,
            AdminRoute.BASELINE,
            AdminRoute.DELETE_BASELINE,
            AdminRoute.HOLD);

    private static final Set<AdminRoute> ROUTING = EnumSet.of(
            AdminRoute.ROUTES,
            AdminRoute.ROUTE,
            AdminRoute.PUT_ROUTE,
            AdminRoute.PATCH_ROUTE,
            AdminRoute.DELETE_ROUTE,
            AdminRoute.SHADOWS,
            AdminRoute.ASSIGN);

    private static final Set<AdminRoute> ROLLING = EnumSet.of(
            AdminRoute.APPLY,
            AdminRoute.ROLLOUTS,
            AdminRoute.START_ROLLOUT,
            AdminRoute.ROLLOUT_EVENTS,
            AdminRoute.ROLLOUT,
            AdminRoute.DELETE_ROLLOUT,
            AdminRoute.PAUSE_ROLLOUT,
            AdminRoute.RESUME_ROLLOUT,
            AdminRoute.PROMOTE_ROLLOUT,
            AdminRoute.ABORT_ROLLOUT,
            AdminRoute.SKIP_ROLLOUT);

    private static final Set<AdminRoute> QUALITY = EnumSet.of(AdminRoute.QUALITY, AdminRoute.HOLD_QUALITY);

    private final Catalog catalog;
    private final LogLevelRoutes levels;
    private final @Nullable Recorded recorded;
    private final @Nullable MonitoringRoutes monitored;
    private final @Nullable QualityRoutes qualities;
    private final @Nullable AlertRoutes alerts;
    private final @Nullable RoutingRoutes routing;
    private final @Nullable RolloutRoutes rolling;

    /// What needs a record of models.
    private record Recorded(ModelAdmin admin, ModelActs acts, ModelUploads uploads, BodyLimit uploadLimit) {}

    /// Only shows what is served: there is no record that could be changed.
    public AdminRoutes(Catalog catalog, LogLevels levels) {
        this.levels = new LogLevelRoutes(levels, new AuditNotes(null));
        this.catalog = catalog;
        this.recorded = null;
        this.monitored = null;
        this.qualities = null;
        this.alerts = null;
        this.routing = null;
        this.rolling = null;
    }

    private AdminRoutes(
            AdminRoutes other,
            @Nullable MonitoringRoutes monitored,
            @Nullable AlertRoutes alerts,
            @Nullable QualityRoutes qualities,
            @Nullable RoutingRoutes routing,
            @Nullable RolloutRoutes rolling) {
        this.rolling = rolling;
        this.routing = routing;
        this.qualities = qualities;
        this.catalog = other.catalog;
        this.levels = other.levels;
        this.recorded = other.recorded;
        this.monitored = monitored;
        this.alerts = alerts;
    }

    /// The same, and shows what drifts, who is told of that, and how good answers are.
    public AdminRoutes with(Monitoring monitoring, Alerting alerting, Feedback feedback) {
        AuditNotes notes = new AuditNotes(recorded == null ? null : recorded.admin());
        return new AdminRoutes(
                this,
                new MonitoringRoutes(monitoring, catalog),
                new AlertRoutes(monitoring, alerting, notes),
                new QualityRoutes(feedback, notes),
                routing,
                rolling);
    }

    /// The same, and manages routes.
    public AdminRoutes with(RouteAdmin routes) {
        return new AdminRoutes(this, monitored, alerts, qualities, new RoutingRoutes(routes), rolling);
    }

    /// The same, and manages rollouts.
    public AdminRoutes with(Rollouts rollouts) {
        return new AdminRoutes(this, monitored, alerts, qualities, routing, new RolloutRoutes(rollouts));
    }

    public AdminRoutes(Catalog catalog, ModelAdmin admin, UploadSettings uploads, LogLevels levels) {
        this.levels = new LogLevelRoutes(levels, new AuditNotes(admin));
        this.catalog = catalog;
        BodyLimit limit = new BodyLimit(uploads.maxBytes(), uploads.setting());
        this.recorded =
                new Recorded(admin, new ModelActs(catalog, admin), new ModelUploads(admin, uploads, limit), limit);
        this.monitored = null;
        this.qualities = null;
        this.alerts = null;
        this.routing = null;
        this.rolling = null;
    }

    @Override
    public @Nullable BodyLimit streamed(HttpRequest head) {
        AdminRoute.Target target = target(RequestTarget.path(head.uri()), head.method());
        if (target != null && target.route() == AdminRoute.ADD_BASELINE && monitored != null) {
            return MonitoringRoutes.UPLOAD;
        }
        boolean upload =
                target != null && (target.route() == AdminRoute.REGISTER || target.route() == AdminRoute.UPLOAD);
        return upload && recorded != null ? recorded.uploadLimit() : null;
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
        if (route == AdminRoute.HEALTH) {
            exchange.respond(() -> Replies.ok(this::writeHealth));
        } else if (route == AdminRoute.DOCUMENT) {
            exchange.respond(AdminDocument::reply);
        } else if (MONITORING.contains(route)) {
            answer(exchange, target, monitored, alerts);
        } else if (ROUTING.contains(route)) {
            answer(exchange, target, routing);
        } else if (ROLLING.contains(route)) {
            answer(exchange, target, rolling);
        } else if (QUALITY.contains(route)) {
            answer(exchange, target, qualities);
        } else if (route == AdminRoute.LOG_LEVEL) {
            levels.show(exchange, target.logger());
        } else if (route == AdminRoute.SET_LOG_LEVEL) {
            levels.set(exchange, target.logger());
        } else if (recorded != null) {
            answer(exchange, target, recorded.acts(), recorded.uploads());
        } else {
            show(exchange, target);
        }
    }

    private static void answer(
            HttpExchange exchange,
            AdminRoute.Target target,
            @Nullable MonitoringRoutes monitored,
            @Nullable AlertRoutes alerts) {
        if (monitored == null || alerts == null) {
            throw new ServingException(
                    ErrorCode.UNSUPPORTED, "nothing is monitored here (expected: a server that serves models)");
        }
        switch (target.route()) {
            case DRIFT -> monitored.drift(exchange, target.model(), target.version());
            case ALERTS -> alerts.alerts(exchange);
            case RETRAINING -> alerts.retraining(exchange);
            case APPROVE_RETRAINING -> alerts.decide(exchange, target.id(), RetrainingRequest.State.APPROVED);
            case DISMISS_RETRAINING -> alerts.decide(exchange, target.id(), RetrainingRequest.State.DISMISSED);
            case BASELINES -> monitored.baselines(exchange, target.model());
            case ADD_BASELINE -> monitored.upload(exchange, target.model());
            case BASELINE -> monitored.baseline(exchange, target.model(), target.id());
            case DELETE_BASELINE -> monitored.delete(exchange, target.model(), target.id());
            case HOLD -> monitored.hold(exchange, target.model(), target.version());
            default -> throw new IllegalStateException(target + " (expected: a route about monitoring)");
        }
    }

    private static void answer(HttpExchange exchange, AdminRoute.Target target, @Nullable RoutingRoutes routing) {
        if (routing == null) {
            throw new ServingException(ErrorCode.UNSUPPORTED, "there are no routes here");
        }
        String route = target.routed();
        switch (target.route()) {
            case ROUTES -> routing.all(exchange);
            case ROUTE -> routing.one(exchange, route);
            case PUT_ROUTE -> routing.put(exchange, route);
            case PATCH_ROUTE -> routing.patch(exchange, route);
            case DELETE_ROUTE -> routing.delete(exchange, route);
            case SHADOWS -> routing.shadows(exchange, route);
            case ASSIGN -> routing.assign(exchange, route);
            default -> throw new IllegalStateException(target + " (expected: a route about routes)");
        }
    }

    private static void answer(HttpExchange exchange, AdminRoute.Target target, @Nullable RolloutRoutes rolling) {
        if (rolling == null) {
            throw new ServingException(ErrorCode.UNSUPPORTED, "there are no rollouts here");
        }
        switch (target.route()) {
            case APPLY -> rolling.apply(exchange);
            case ROLLOUTS -> rolling.all(exchange);
            case START_ROLLOUT -> rolling.start(exchange);
            case ROLLOUT -> rolling.one(exchange, target.id());
            case DELETE_ROLLOUT -> rolling.delete(exchange, target.id());
            case ROLLOUT_EVENTS -> rolling.events(exchange, target.id());
            case PAUSE_ROLLOUT -> rolling.act(exchange, target.id(), Command.PAUSE);
            case RESUME_ROLLOUT -> rolling.act(exchange, target.id(), Command.RESUME);
            case PROMOTE_ROLLOUT -> rolling.act(exchange, target.id(), Command.PROMOTE);
            case ABORT_ROLLOUT -> rolling.act(exchange, target.id(), Command.ABORT);
            case SKIP_ROLLOUT -> rolling.act(exchange, target.id(), Command.SKIP);
            default -> throw new IllegalStateException(target + " (expected: a route about rollouts)");
        }
    }

    private static void answer(HttpExchange exchange, AdminRoute.Target target, @Nullable QualityRoutes qualities) {
        if (qualities == null) {
            throw new ServingException(ErrorCode.UNSUPPORTED, "no feedback is taken here");
        }
        if (target.route() == AdminRoute.QUALITY) {
            qualities.quality(exchange, target.model(), target.version());
        } else {
            qualities.hold(exchange, target.model(), target.version());
        }
    }

    private void show(HttpExchange exchange, AdminRoute.Target target) {
        String model = target.model();
        switch (target.route()) {
            case MODELS -> {
                List<ModelPage> pages = ModelPage.all(catalog.models(), List.of());
                exchange.respond(() -> Replies.ok(json -> ModelPages.writeAll(json, pages)));
            }
            case MODEL -> {
                ModelPage page = ModelPage.find(model, catalog, null);
                exchange.respond(() -> Replies.ok(json -> ModelPages.write(json, page)));
            }
            default -> throw ModelAdmin.noRecord();
        }
    }

    private static void answer(HttpExchange exchange, AdminRoute.Target target, ModelActs acts, ModelUploads uploads) {
        String model = target.model();
        switch (target.route()) {
            case HEALTH,
                    DOCUMENT,
                    DRIFT,
                    ALERTS,
                    RETRAINING,
                    APPROVE_RETRAINING,
                    DISMISS_RETRAINING,
                    BASELINES,
                    ADD_BASELINE,
                    BASELINE,
                    DELETE_BASELINE,
                    HOLD,
                    QUALITY,
                    HOLD_QUALITY,
                    ROUTES,
                    ROUTE,
                    PUT_ROUTE,
                    PATCH_ROUTE,
                    DELETE_ROUTE,
                    SHADOWS,
                    ASSIGN,
                    APPLY,
                    ROLLOUTS,
                    START_ROLLOUT,
                    ROLLOUT_EVENTS,
                    ROLLOUT,
                    DELETE_ROLLOUT,
                    PAUSE_ROLLOUT,
                    RESUME_ROLLOUT,
                    PROMOTE_ROLLOUT,
                    ABORT_ROLLOUT,
                    SKIP_ROLLOUT,
                    LOG_LEVEL,
                    SET_LOG_LEVEL -> throw new IllegalStateException(target + " (expected: a route about models)");
            case MODELS -> acts.all(exchange);
            case REGISTER -> uploads.register(exchange);
            case MODEL -> acts.one(exchange, model);
            case DELETE_MODEL -> acts.delete(exchange, model, 0);
            case EVENTS -> acts.events(exchange, model);
            case POLICY -> acts.policy(exchange, model);
            case PROMOTE -> acts.promote(exchange, model, target.alias());
            case DROP_ALIAS -> acts.dropAlias(exchange, model, target.alias());
            case ROLL_BACK -> acts.rollBack(exchange, model, target.alias());
            case UPLOAD -> uploads.upload(exchange, model, target.version());
            case DELETE_VERSION -> acts.delete(exchange, model, target.version());
            case LOAD -> acts.want(exchange, model, target.version(), true);
            case UNLOAD -> acts.want(exchange, model, target.version(), false);
            case VERIFY -> acts.verify(exchange, model, target.version());
            case AUDIT -> acts.audit(exchange);
        }
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

    private void writeHealth(JsonGenerator json) {
        json.writeStartObject()
                .writeStringProperty("status", "alive")
                .writeBooleanProperty("ready", catalog.ready())
                .writeEndObject();
    }
}
