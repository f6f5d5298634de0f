package dev.penstock.server.rollout;

import dev.penstock.core.FieldPath;
import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.Candidate;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.Assignment;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.Target;
import dev.penstock.server.routing.Share;
import dev.penstock.server.routing.TargetText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a rollout finds on its route and takes room or place from, so that it can give both back. Immutable.
///
/// @param candidates of others that stay, or that it uses as its own, in order; all without a share
record Found(Assignment assignment, List<CandidateSpec> candidates) {
    private static final String ASSIGNMENT = "assignment";
    private static final String CANDIDATES = "candidates";

    Found {
        candidates = List.copyOf(candidates);
    }

    /// The candidates of the route while the rollout runs, none of which has a share yet: first its own, then
    /// the others, with as much of their room as is left.
    List<CandidateSpec> taken(RolloutSpec spec) {
        List<CandidateSpec> all = new ArrayList<>();
        spec.candidates().forEach(candidate -> all.add(new CandidateSpec(arm(candidate), 0, spec.maxWeight())));
        int room = RouteSpec.BUCKETS - all.size() * spec.maxWeight();
        for (CandidateSpec candidate : candidates) {
            if (!isOf(spec, candidate)) {
                int most = Math.clamp(room, 0, candidate.maxWeight());
                room -= most;
                all.add(new CandidateSpec(candidate.arm(), 0, most));
            }
        }
        return List.copyOf(all);
    }

    /// The route with all that was found as it was: the rollout's own arms come behind it, with the room that
    /// is left. Nobody's units move by that, as nobody has a share then.
    ///
    /// @return `route` itself if somebody has changed its candidates since, or one has a share
    RouteSpec givenBack(RolloutSpec spec, RouteSpec route) {
        if (!route.candidates().equals(taken(spec))) {
            return route;
        }
        List<CandidateSpec> all = new ArrayList<>(candidates);
        int room = RouteSpec.BUCKETS
                - candidates.stream().mapToInt(CandidateSpec::maxWeight).sum();
        for (Candidate candidate : spec.candidates()) {
            if (candidates.stream().noneMatch(each -> each.arm().equals(arm(candidate)))) {
                int most = Math.clamp(room, 0, spec.maxWeight());
                room -= most;
                all.add(new CandidateSpec(arm(candidate), 0, most));
            }
        }
        return dealt(route, all, assignment);
    }

    /// The route with other candidates that are dealt otherwise. By way of rendezvous, where nobody has room of
    /// its own: neither those who go nor those who come need fit where the others do.
    static RouteSpec dealt(RouteSpec route, List<CandidateSpec> candidates, Assignment assignment) {
        return route.withAssignment(Assignment.RENDEZVOUS)
                .withCandidates(candidates)
                .withAssignment(assignment);
    }

    private static ArmSpec arm(Candidate candidate) {
        return new ArmSpec(candidate.arm(), Target.version(candidate.model(), candidate.version()));
    }

    private static boolean isOf(RolloutSpec spec, CandidateSpec candidate) {
        return spec.candidates().stream()
                .anyMatch(each -> each.arm().equals(candidate.arm().name()));
    }

    /// For the record.
    ObjectNode write() {
        ObjectNode node = JsonMapper.shared().createObjectNode();
        node.put(ASSIGNMENT, assignment.name());
        ArrayNode all = node.putArray(CANDIDATES);
        for (CandidateSpec candidate : candidates) {
            all.addObject()
                    .put("arm", candidate.arm().name())
                    .put("target", TargetText.of(candidate.arm().target()))
                    .put("maxWeight", Share.text(candidate.maxWeight()));
        }
        return node;
    }

    /// What [#write] wrote; nothing of what releases recorded that gave nothing back, or that this one cannot
    /// read: then arms stay as they are.
    static Optional<Found> read(JsonNode node) {
        if (!node.isObject()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Found(
                    Assignment.valueOf(node.path(ASSIGNMENT).asString("")),
                    node.path(CANDIDATES).valueStream().map(Found::candidate).toList()));
        } catch (IllegalArgumentException | ServingException _) {
            return Optional.empty();
        }
    }

    private static CandidateSpec candidate(JsonNode node) {
        Target target =
                TargetText.parse(FieldPath.of("target"), node.path("target").asString(""));
        int most = Share.parse(FieldPath.of("maxWeight"), node.path("maxWeight").asString(""));
        return new CandidateSpec(new ArmSpec(node.path("arm").asString(""), target), 0, most);
    }
}
