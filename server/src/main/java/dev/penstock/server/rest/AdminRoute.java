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
    HEALTH("GET", "/health"),
    DOCUMENT("GET", "/api/v1/openapi.yaml"),
    MODELS("GET", "/api/v1/models"),
    REGISTER("POST", "/api/v1/models"),
    MODEL("GET", "/api/v1/models/{model}"),
    DELETE_MODEL("DELETE", "/api/v1/models/{model}"),
    EVENTS("GET", "/api/v1/models/{model}/events"),
    POLICY("PUT", "/api/v1/models/{model}/policy"),
    PROMOTE("PUT", "/api/v1/models/{model}/aliases/{alias}"),
    DROP_ALIAS("DELETE", "/api/v1/models/{model}/aliases/{alias}"),
    ROLL_BACK("POST", "/api/v1/models/{model}/aliases/{alias}/rollback"),
    UPLOAD("PUT", "/api/v1/models/{model}/versions/{version}"),
    DELETE_VERSION("DELETE", "/api/v1/models/{model}/versions/{version}"),
    LOAD("POST", "/api/v1/models/{model}/versions/{version}/load"),
    UNLOAD("POST", "/api/v1/models/{model}/versions/{version}/unload"),
    VERIFY("POST", "/api/v1/models/{model}/versions/{version}/verify"),
    DRIFT("GET", "/api/v1/models/{model}/versions/{version}/drift"),
    QUALITY("GET", "/api/v1/models/{model}/versions/{version}/quality"),
    HOLD_QUALITY("PUT", "/api/v1/models/{model}/versions/{version}/quality/baseline"),
    BASELINES("GET", "/api/v1/models/{model}/baselines"),
    ADD_BASELINE("POST", "/api/v1/models/{model}/baselines"),
    BASELINE("GET", "/api/v1/models/{model}/baselines/{id}"),
    DELETE_BASELINE("DELETE", "/api/v1/models/{model}/baselines/{id}"),
    HOLD("PUT", "/api/v1/models/{model}/versions/{version}/baseline"),
    ALERTS("GET", "/api/v1/alerts"),
    RETRAINING("GET", "/api/v1/retraining"),
    APPROVE_RETRAINING("POST", "/api/v1/retraining/{id}:approve"),
    DISMISS_RETRAINING("POST", "/api/v1/retraining/{id}:dismiss"),
    ROUTES("GET", "/api/v1/routes"),
    ROUTE("GET", "/api/v1/routes/{route}"),
    PUT_ROUTE("PUT", "/api/v1/routes/{route}"),
    PATCH_ROUTE("PATCH", "/api/v1/routes/{route}"),
    DELETE_ROUTE("DELETE", "/api/v1/routes/{route}"),
    SHADOWS("GET", "/api/v1/routes/{route}/shadows"),
    ASSIGN("POST", "/api/v1/routes/{route}:assign"),
    APPLY("POST", "/api/v1/apply"),
    ROLLOUTS("GET", "/api/v1/rollouts"),
    START_ROLLOUT("POST", "/api/v1/rollouts"),
    ROLLOUT_EVENTS("GET", "/api/v1/rollouts/{id}/events"),
    ROLLOUT("GET", "/api/v1/rollouts/{id}"),
    DELETE_ROLLOUT("DELETE", "/api/v1/rollouts/{id}"),
    PAUSE_ROLLOUT("POST", "/api/v1/rollouts/{id}:pause"),
    RESUME_ROLLOUT("POST", "/api/v1/rollouts/{id}:resume"),
    PROMOTE_ROLLOUT("POST", "/api/v1/rollouts/{id}:promote"),
    ABORT_ROLLOUT("POST", "/api/v1/rollouts/{id}:abort"),
    SKIP_ROLLOUT("POST", "/api/v1/rollouts/{id}:skip"),
    AUDIT("GET", "/api/v1/audit"),
    LOG_LEVEL("GET", "/api/v1/log-levels/{logger}"),
    SET_LOG_LEVEL("PUT", "/api/v1/log-levels/{logger}");

    private final String method;
    private final String path;

    AdminRoute(String method, String path) {
        this.method = method;
        this.path = path;
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
            String wanted = template.get(i);
            int end = wanted.indexOf('}');
            if (end > 0) {
                String verb = wanted.substring(end + 1);
                String segment = segments.get(i);
                if (!segment.endsWith(verb)) {
                    return null;
                }
                values.put(wanted.substring(1, end), segment.substring(0, segment.length() - verb.length()));
            } else if (!wanted.equals(segments.get(i))) {
                return null;
            }
        }
        return values;
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
