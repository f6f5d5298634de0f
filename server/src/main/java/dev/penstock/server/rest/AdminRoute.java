package dev.penstock.server.rest;

import dev.penstock.core.ServingException;
import dev.penstock.router.VersionText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What the admin port knows, as methods and paths.
enum AdminRoute {
    HEALTH(AdminArea.SERVER, "GET", "/health"),
    DOCUMENT(AdminArea.SERVER, "GET", "/api/v1/openapi.yaml"),
    MODELS(AdminArea.MODELS, "GET", "/api/v1/models"),
    REGISTER(AdminArea.MODELS, "POST", "/api/v1/models"),
    MODEL(AdminArea.MODELS, "GET", "/api/v1/models/{model}"),
    DELETE_MODEL(AdminArea.MODELS, "DELETE", "/api/v1/models/{model}"),
    EVENTS(AdminArea.MODELS, "GET", "/api/v1/models/{model}/events"),
    POLICY(AdminArea.MODELS, "PUT", "/api/v1/models/{model}/policy"),
    PROMOTE(AdminArea.MODELS, "PUT", "/api/v1/models/{model}/aliases/{alias}"),
    DROP_ALIAS(AdminArea.MODELS, "DELETE", "/api/v1/models/{model}/aliases/{alias}"),
    ROLL_BACK(AdminArea.MODELS, "POST", "/api/v1/models/{model}/aliases/{alias}/rollback"),
    UPLOAD(AdminArea.MODELS, "PUT", "/api/v1/models/{model}/versions/{version}"),
    DELETE_VERSION(AdminArea.MODELS, "DELETE", "/api/v1/models/{model}/versions/{version}"),
    LOAD(AdminArea.MODELS, "POST", "/api/v1/models/{model}/versions/{version}/load"),
    UNLOAD(AdminArea.MODELS, "POST", "/api/v1/models/{model}/versions/{version}/unload"),
    VERIFY(AdminArea.MODELS, "POST", "/api/v1/models/{model}/versions/{version}/verify"),
    DRIFT(AdminArea.MONITORING, "GET", "/api/v1/models/{model}/versions/{version}/drift"),
    QUALITY(AdminArea.QUALITY, "GET", "/api/v1/models/{model}/versions/{version}/quality"),
    HOLD_QUALITY(AdminArea.QUALITY, "PUT", "/api/v1/models/{model}/versions/{version}/quality/baseline"),
    BASELINES(AdminArea.MONITORING, "GET", "/api/v1/models/{model}/baselines"),
    ADD_BASELINE(AdminArea.MONITORING, "POST", "/api/v1/models/{model}/baselines"),
    BASELINE(AdminArea.MONITORING, "GET", "/api/v1/models/{model}/baselines/{id}"),
    DELETE_BASELINE(AdminArea.MONITORING, "DELETE", "/api/v1/models/{model}/baselines/{id}"),
    HOLD(AdminArea.MONITORING, "PUT", "/api/v1/models/{model}/versions/{version}/baseline"),
    ALERTS(AdminArea.ALERTS, "GET", "/api/v1/alerts"),
    RETRAINING(AdminArea.ALERTS, "GET", "/api/v1/retraining"),
    APPROVE_RETRAINING(AdminArea.ALERTS, "POST", "/api/v1/retraining/{id}:approve"),
    DISMISS_RETRAINING(AdminArea.ALERTS, "POST", "/api/v1/retraining/{id}:dismiss"),
    ROUTES(AdminArea.ROUTING, "GET", "/api/v1/routes"),
    ROUTE(AdminArea.ROUTING, "GET", "/api/v1/routes/{route}"),
    PUT_ROUTE(AdminArea.ROUTING, "PUT", "/api/v1/routes/{route}"),
    PATCH_ROUTE(AdminArea.ROUTING, "PATCH", "/api/v1/routes/{route}"),
    DELETE_ROUTE(AdminArea.ROUTING, "DELETE", "/api/v1/routes/{route}"),
    SHADOWS(AdminArea.ROUTING, "GET", "/api/v1/routes/{route}/shadows"),
    ASSIGN(AdminArea.ROUTING, "POST", "/api/v1/routes/{route}:assign"),
    APPLY(AdminArea.ROLLOUTS, "POST", "/api/v1/apply"),
    ROLLOUTS(AdminArea.ROLLOUTS, "GET", "/api/v1/rollouts"),
    START_ROLLOUT(AdminArea.ROLLOUTS, "POST", "/api/v1/rollouts"),
    ROLLOUT_EVENTS(AdminArea.ROLLOUTS, "GET", "/api/v1/rollouts/{id}/events"),
    ROLLOUT(AdminArea.ROLLOUTS, "GET", "/api/v1/rollouts/{id}"),
    DELETE_ROLLOUT(AdminArea.ROLLOUTS, "DELETE", "/api/v1/rollouts/{id}"),
    PAUSE_ROLLOUT(AdminArea.ROLLOUTS, "POST", "/api/v1/rollouts/{id}:pause"),
    RESUME_ROLLOUT(AdminArea.ROLLOUTS, "POST", "/api/v1/rollouts/{id}:resume"),
    PROMOTE_ROLLOUT(AdminArea.ROLLOUTS, "POST", "/api/v1/rollouts/{id}:promote"),
    ABORT_ROLLOUT(AdminArea.ROLLOUTS, "POST", "/api/v1/rollouts/{id}:abort"),
    SKIP_ROLLOUT(AdminArea.ROLLOUTS, "POST", "/api/v1/rollouts/{id}:skip"),
    APPROVE_ROLLOUT(AdminArea.ROLLOUTS, "POST", "/api/v1/rollouts/{id}:approve"),
    AUDIT(AdminArea.MODELS, "GET", "/api/v1/audit"),
    LOG_LEVEL(AdminArea.LOG_LEVELS, "GET", "/api/v1/log-levels/{logger}"),
    SET_LOG_LEVEL(AdminArea.LOG_LEVELS, "PUT", "/api/v1/log-levels/{logger}");

    private final AdminArea area;
    private final String method;
    private final String path;

    AdminRoute(AdminArea area, String method, String path) {
        this.area = area;
        this.method = method;
        this.path = path;
    }

    AdminArea area() {
        return area;
    }

    String method() {
        return method;
    }

    /// With the names of what varies in braces.
    String path() {
        return path;
    }

    /// Whether it changes nothing.
    boolean isRead() {
        return method.equals("GET");
    }

    /// A route, and what the path says in the places that vary.
    record Target(AdminRoute route, Map<String, String> values) {
        String model() {
            return values.getOrDefault("model", "");
        }

        String logger() {
            return values.getOrDefault("logger", "");
        }

        String alias() {
            return values.getOrDefault("alias", "");
        }

        /// The name of a route, which is no model's.
        String routed() {
            return values.getOrDefault("route", "");
        }

        String id() {
            return values.getOrDefault("id", "");
        }

        /// @throws ServingException if it is none
        long version() {
            return VersionText.parse(model(), values.getOrDefault("version", ""));
        }

        /// What a handler throws that knows no such route.
        IllegalStateException misplaced() {
            return new IllegalStateException("%s is no route about %s".formatted(route, route.area()));
        }
    }

    /// All routes that the path leads to, one for each method.
    static List<Target> at(List<String> segments) {
        List<Target> targets = new ArrayList<>();
        for (AdminRoute route : values()) {
            Map<String, String> values = route.match(segments);
            if (values != null) {
                targets.add(new Target(route, values));
            }
        }
        return targets;
    }

    private @Nullable Map<String, String> match(List<String> segments) {
        List<String> template = List.of(path.substring(1).split("/", -1));
        if (segments.size() != template.size()) {
            return null;
        }
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < segments.size(); i++) {
            if (!matches(template.get(i), segments.get(i), values)) {
                return null;
            }
        }
        return values;
    }

    /// @param values takes what stands in the place of a name in braces
    private static boolean matches(String wanted, String segment, Map<String, String> values) {
        int end = wanted.indexOf('}');
        if (end < 0) {
            return wanted.equals(segment);
        }
        String verb = wanted.substring(end + 1);
        if (!segment.endsWith(verb)) {
            return false;
        }
        values.put(wanted.substring(1, end), segment.substring(0, segment.length() - verb.length()));
        return true;
    }

    /// @param method as it was sent; HEAD is answered like GET
    static @Nullable Target among(List<Target> targets, String method) {
        String wanted = method.equals("HEAD") ? "GET" : method;
        return targets.stream()
                .filter(target -> target.route().method().equals(wanted))
                .findFirst()
                .orElse(null);
    }

    /// For the header `Allow`.
    static String allowed(List<Target> targets) {
        return targets.stream()
                .map(target -> target.route().method())
                .flatMap(method -> method.equals("GET") ? Stream.of("GET", "HEAD") : Stream.of(method))
                .collect(Collectors.joining(", "));
    }
}
