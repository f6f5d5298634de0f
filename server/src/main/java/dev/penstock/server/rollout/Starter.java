package dev.penstock.server.rollout;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.Candidate;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.routing.RouteDraft;
import dev.penstock.server.routing.TargetText;
import dev.penstock.server.store.RolloutRecord;
import dev.penstock.server.store.RouteEdit;
import dev.penstock.server.store.RouteRecord;
import dev.penstock.server.store.RouteStore;
import dev.penstock.server.store.StoreException;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Begins rollouts: looks whether they can be, makes the arms, and records them. Blocks on the record.
final class Starter {
    /// In the place of an id.
    private static final String PLANNED = "planned";

    private final Around around;
    private final PinnedRoutes pins;
    private final CandidateVersions versions;
    private final Latches latches;

    Starter(Around around) {
        this.around = around;
        this.pins = new PinnedRoutes(around.catalog());
        this.versions = new CandidateVersions(around.catalog(), around.admin());
        this.latches = new Latches(around.records());
    }

    /// Records one.
    ///
    /// @param edit as it is begun
    /// @throws ServingException if it cannot be
    Drive start(RouteEdit edit, String who) {
        try {
            RouteStore.RolloutChange change = around.records()
                    .change(
                            edit.rollout().orElseThrow(),
                            List.of(),
                            Optional.of(edit.route()),
                            who,
                            edit.action(),
                            edit.detail());
            return begun(change.rollout());
        } catch (StoreException e) {
            throw new ServingException(ErrorCode.ALREADY_EXISTS, e.getMessage() + " (somebody was faster)");
        }
    }

    /// One that was written: its candidates get what is recorded.
    Drive begun(RolloutRecord recorded) {
        Drive begun = Drive.of(recorded);
        begun.spec.candidates().forEach(candidate -> around.published().release(begun.spec.route(), candidate.arm()));
        return begun;
    }

    /// Has its versions loaded, once it is known that nothing else refuses it. Blocks for as long as fetching
    /// and loading take: no lock is to be held that others need.
    ///
    /// @param running the rollout that the route has already, or ""
    /// @param routes among which it is to be
    /// @throws ServingException if it cannot be
    void load(RolloutJson.Order order, String who, String running, RouteDraft routes) {
        var _ = checked(order, running, routes);
        versions.load(order.spec(), who);
    }

    /// How it begins, once its versions are loaded: somebody may have changed the route or rolled back one of
    /// them meanwhile, and only now it is known what they take.
    ///
    /// @param running and `routes` as in [#load]
    /// @return what is to be written, together with its route, which takes a new revision by that also where
    ///     it stays as it is: who edits or starts something on the same route at the same time has read an
    ///     older one, and is refused
    /// @throws ServingException if it cannot be
    RouteEdit begin(RolloutJson.Order order, String running, RouteDraft routes) {
        RolloutSpec spec = order.spec();
        ObjectNode artifacts = checked(order, running, routes);
        Optional<RouteRecord> recorded = routes.route(spec.route());
        RouteSpec route = pins.pinned(spec, recorded);
        RolloutSpec named = PinnedRoutes.named(order, route);
        Candidate first = spec.candidates().getFirst();
        String id = "%s-%d-%s"
                .formatted(first.model(), first.version(), around.ids().get());
        RouteRecord prepared = routes.prepared(RouteEdits.prepared(named, route, id), recorded);
        String names = String.join(
                ", ", spec.candidates().stream().map(Candidate::toString).toList());
        Asked asked = new Asked(
                named,
                artifacts,
                PinnedRoutes.defaults(spec, recorded, route),
                Optional.of(RouteEdits.found(named, route)),
                around.time().millis());
        return new RouteEdit(
                prepared, Optional.of(pending(id, asked)), "start rollout", names + " on route " + spec.route());
    }

    /// @return what the bytes of its versions are, by arm
    /// @throws ServingException if it cannot be, as far as that is known
    private ObjectNode checked(RolloutJson.Order order, String running, RouteDraft routes) {
        around.gates().check(order.spec());
        ObjectNode artifacts = versions.artifacts(order.spec());
        String refused = refused(order, running, artifacts);
        if (!refused.isEmpty()) {
            throw new ServingException(ErrorCode.ALREADY_EXISTS, refused);
        }
        check(order, routes);
        return artifacts;
    }

    /// Why it may not be begun now, whatever its route is.
    ///
    /// @return "" if it may
    private String refused(RolloutJson.Order order, String running, ObjectNode artifacts) {
        String route = order.spec().route();
        if (!running.isEmpty()) {
            return underWay(route, running);
        }
        List<String> bytes = artifacts.values().stream().map(JsonNode::asString).toList();
        return order.rearm() ? "" : latches.refusing(route, bytes);
    }

    /// Whether its route can be as it needs it, as far as that is known.
    ///
    /// @throws ServingException if not
    private void check(RolloutJson.Order order, RouteDraft routes) {
        RolloutSpec spec = order.spec();
        Optional<RouteRecord> recorded = routes.route(spec.route());
        RouteSpec route = pins.pinned(spec, recorded);
        RouteSpec prepared = RouteEdits.prepared(PinnedRoutes.named(order, route), route, PLANNED);
        checkShared(route);
        if (versions.areKnown(spec)) {
            var _ = routes.prepared(prepared, recorded);
        }
    }

    private static String underWay(String route, String running) {
        return "route '%s': rollout '%s' is under way (expected: none; abort it, or wait until it is over)"
                .formatted(route, running);
    }

    /// The rollout as it would be, whether its route has one or not, and why it would not be begun now.
    ///
    /// @param running as in [#load]
    /// @param routes among which it would be
    RolloutPlan plan(RolloutJson.Order order, String running, RouteDraft routes) {
        RolloutSpec spec = order.spec();
        around.gates().check(spec);
        ObjectNode artifacts = versions.artifacts(spec);
        Optional<RouteRecord> recorded = routes.route(spec.route());
        RouteSpec route = pins.current(spec, recorded);
        RolloutSpec named = PinnedRoutes.named(order, route);
        String refused = refused(order, running, artifacts);
        if (!refused.isEmpty()) {
            return new RolloutPlan(planned(named, route), "", refused);
        }
        try {
            RouteSpec pinned = pins.pinned(named, recorded);
            checkShared(pinned);
            RouteSpec prepared = RouteEdits.prepared(named, pinned, PLANNED);
            var _ = routes.prepared(prepared, recorded);
            return new RolloutPlan(planned(named, pinned), RouteDraft.words(prepared, recorded), "");
        } catch (ServingException e) {
            return new RolloutPlan(planned(named, route), "", e.reason());
        }
    }

    private RolloutView planned(RolloutSpec spec, RouteSpec route) {
        return new RolloutView(
                "",
                spec,
                TargetText.of(route.standard().target()),
                RolloutState.pending(spec, around.time().millis()),
                "",
                around.time().instant(),
                "");
    }

    private void checkShared(RouteSpec route) {
        around.records().read(store -> {
            SharedAliases.check(store, route);
            return true;
        });
    }

    private RolloutRecord pending(String id, Asked asked) {
        RolloutState state = RolloutState.pending(asked.spec(), around.time().millis());
        return new RolloutRecord(
                id,
                asked.spec().route(),
                0,
                0,
                RolloutJson.phase(state.phase()),
                around.server(),
                asked.write(),
                StateJson.write(state),
                around.time().instant());
    }
}
