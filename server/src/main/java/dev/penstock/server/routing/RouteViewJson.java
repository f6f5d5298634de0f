package dev.penstock.server.routing;

import java.util.List;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What is said of routes, as JSON. Pure.
public final class RouteViewJson {
    private RouteViewJson() {}

    public static ObjectNode of(List<RouteView> views) {
        ObjectNode node = JsonMapper.shared().createObjectNode();
        ArrayNode routes = node.putArray("routes");
        views.forEach(view -> routes.add(of(view)));
        return node;
    }

    /// The route as it can be written again, and its status.
    public static ObjectNode of(RouteView view) {
        ObjectNode node = RouteJson.write(view.spec());
        ObjectNode status = node.putObject(RouteJson.STATUS)
                .put("revision", view.recorded().revision())
                .put("generation", view.recorded().generation())
                .put("assignmentVersion", view.recorded().assignment())
                .put("changed", view.recorded().changed().toString())
                .put("by", view.recorded().by());
        if (!view.rollout().isEmpty()) {
            status.put("rollout", view.rollout());
        }
        ArrayNode arms = status.putArray("arms");
        for (RouteView.ArmView arm : view.arms()) {
            ObjectNode one = arms.addObject()
                    .put("arm", arm.arm())
                    .put("target", arm.target())
                    .put("version", arm.version())
                    .put("weight", Share.text(arm.weight()))
                    .put("maxWeight", Share.text(arm.maxWeight()))
                    .put("buckets", arm.buckets());
            if (arm.held()) {
                one.put("held", true);
            }
            if (arm.tripped()) {
                one.put("tripped", true).put("trip", arm.trip());
            }
        }
        if (!view.shadows().isEmpty()) {
            ArrayNode shadows = status.putArray("shadows");
            new TreeMap<>(view.shadows())
                    .forEach((arm, version) ->
                            shadows.addObject().put("arm", arm).put("version", version));
        }
        ArrayNode problems = status.putArray("problems");
        view.problems().forEach(problems::add);
        return node;
    }

    public static ObjectNode of(Dealt dealt) {
        return JsonMapper.shared()
                .createObjectNode()
                .put("arm", dealt.arm())
                .put("target", dealt.target())
                .put("version", dealt.version())
                .put("bucket", dealt.bucket())
                .put("group", dealt.group())
                .put("reason", dealt.reason())
                .put("why", dealt.why())
                .put("assignment", dealt.header());
    }

    /// With the route as it is, if it is there.
    public static ObjectNode error(RouteRefusal refusal) {
        ObjectNode node = JsonMapper.shared().createObjectNode().put("error", refusal.getMessage());
        RouteView current = refusal.current();
        if (current != null) {
            node.set("current", of(current));
        }
        return node;
    }
}
