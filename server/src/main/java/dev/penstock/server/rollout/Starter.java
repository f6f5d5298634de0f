package dev.penstock.server.rollout;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.router.AliasTarget;
import dev.penstock.router.rollout.Candidate;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.Target;
import dev.penstock.server.admin.ModelAdmin;
import dev.penstock.server.admin.ModelPage;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.admin.VersionStatus;
import dev.penstock.server.routing.RouteDraft;
import dev.penstock.server.routing.RouteJson;
import dev.penstock.server.routing.TargetText;
import dev.penstock.server.store.RolloutRecord;
import dev.penstock.server.store.RouteEdit;
import dev.penstock.server.store.RouteRecord;
import dev.penstock.server.store.RouteStore;
import dev.penstock.server.store.StoreException;
import dev.penstock.server.store.VersionRecord;
import dev.penstock.server.wire.HeaderText;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Begins rollouts: looks whether they can be, makes the arms, and records them. Blocks on the record.
final class Starter {
    /// In the place of an id.
    private static final String PLANNED = "planned";

    private final Around around;
    private final Latches latches;

    Starter(Around around) {
        this.around = around;
        this.latches = new Latches(around.records());
    }

    /// Records one.
    ///
    /// @param edit as it is begun
    /// @throws ServingException if it cannot be
    Drive start(RouteEdit edit, String who) {
        checkStill(edit);
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

    /// That nobody began one meanwhile that is not written together with this one, and refuses it.
    ///
    /// @throws ServingException if somebody did
    void checkStill(RouteEdit edit) {
        checkShared(RouteJson.read(edit.route().spec()));
    }

    /// Has its versions loaded, once it is known that nothing else refuses it. Blocks for as long as fetching
    /// and loading take: no lock is to be held that others need.
    ///
    /// @param running the rollout that the route has already, or ""
    /// @param routes among which it is to be
    /// @throws ServingException if it cannot be
    void load(RolloutJson.Order order, String who, String running, RouteDraft routes) {
        var _ = checked(order, running, routes);
        ModelAdmin admin = admin();
        order.spec().candidates().forEach(candidate -> load(candidate, admin, who));
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
        RouteSpec route = pinned(spec, recorded);
        RolloutSpec named = named(order, route);
        Candidate first = spec.candidates().getFirst();
        String id = "%s-%d-%s"
                .formatted(first.model(), first.version(), around.ids().get());
        RouteRecord prepared = routes.prepared(RouteEdits.prepared(named, route, id), recorded);
        String names = String.join(
                ", ", spec.candidates().stream().map(Candidate::toString).toList());
        Asked asked = new Asked(
                named,
                artifacts,
                defaults(spec, recorded, route),
                Optional.of(RouteEdits.found(named, route)),
                around.time().millis());
        return new RouteEdit(
                prepared, Optional.of(pending(id, asked)), "start rollout", names + " on route " + spec.route());
    }

    /// @return what the bytes of its versions are, by arm
    /// @throws ServingException if it cannot be, as far as that is known
    private ObjectNode checked(RolloutJson.Order order, String running, RouteDraft routes) {
        around.gates().check(order.spec());
        ObjectNode artifacts = artifacts(order.spec(), admin());
        String refused = refused(order, running, artifacts);
        if (!refused.isEmpty()) {
            throw new ServingException(ErrorCode.ALREADY_EXISTS, refused);
        }
        check(order, routes);
        return artifacts;
    }

    private ModelAdmin admin() {
        ModelAdmin admin = around.admin();
        if (admin == null) {
            throw ModelAdmin.noRecord();
        }
        return admin;
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
        RouteSpec route = pinned(spec, recorded);
        RouteSpec prepared = RouteEdits.prepared(named(order, route), route, PLANNED);
        checkShared(route);
        if (spec.candidates().stream().allMatch(this::isHere)) {
            var _ = routes.prepared(prepared, recorded);
        }
    }

    private boolean isHere(Candidate candidate) {
        ModelStatus model = around.catalog().model(candidate.model());
        return model != null && model.version(candidate.version()) != null;
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
        ObjectNode artifacts = artifacts(spec, admin());
        Optional<RouteRecord> recorded = routes.route(spec.route());
        RouteSpec route = recorded.map(RouteDraft::read).orElseGet(() -> fresh(spec));
        RolloutSpec named = named(order, route);
        String refused = refused(order, running, artifacts);
        if (!refused.isEmpty()) {
            return new RolloutPlan(planned(named, route), "", refused);
        }
        try {
            RouteSpec pinned = pinned(named, recorded);
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

    /// What the bytes of its versions are, by arm.
    ///
    /// @throws ServingException if one of them is not there
    private ObjectNode artifacts(RolloutSpec spec, ModelAdmin admin) {
        ObjectNode artifacts = JsonMapper.shared().createObjectNode();
        for (Candidate candidate : spec.candidates()) {
            ModelPage page = ModelPage.find(candidate.model(), around.catalog(), admin);
            if (!page.numbers().contains(candidate.version())) {
                throw new ServingException(
                        ErrorCode.NOT_FOUND,
                        "candidate %s is not there; '%s' has versions %s"
                                .formatted(candidate, candidate.model(), page.numbers()));
            }
            VersionRecord recorded = page.recorded().get(candidate.version());
            artifacts.put(candidate.arm(), recorded == null ? "folder:" + candidate : recorded.digest());
        }
        return artifacts;
    }

    private static RolloutSpec named(RolloutJson.Order order, RouteSpec route) {
        RolloutSpec spec = order.spec();
        String standard = route.standard().name();
        if (order.namesControl() && !spec.control().equals(standard)) {
            throw ServingException.invalid("control: '%s' (expected: '%s', which is the default arm)"
                    .formatted(HeaderText.quote(spec.control()), standard));
        }
        return new RolloutSpec(
                spec.route(),
                route.standard().name(),
                spec.candidates(),
                spec.strategy(),
                spec.steps(),
                spec.metrics(),
                spec.rules(),
                spec.bandit());
    }

    /// Has a version loaded that is not yet.
    private void load(Candidate candidate, ModelAdmin admin, String who) {
        ModelPage page = ModelPage.find(candidate.model(), around.catalog(), admin);
        VersionStatus here = page.version(candidate.version());
        boolean recorded = page.recorded().containsKey(candidate.version());
        if (recorded && (here == null || here.state() != VersionState.READY)) {
            admin.setWanted(candidate.model(), candidate.version(), true, who);
        }
    }

    /// The route with a default arm that stays who it is.
    private RouteSpec pinned(RolloutSpec spec, Optional<RouteRecord> recorded) {
        RouteSpec now = recorded.map(RouteDraft::read).orElseGet(() -> fresh(spec));
        RouteSpec pinned = now.withStandard(pinned(now.standard()));
        spec.candidates()
                .forEach(candidate -> refuseDefault(candidate, pinned.standard().target()));
        return pinned;
    }

    /// A version that answers already has nobody to be compared with but itself.
    private void refuseDefault(Candidate candidate, Target standard) {
        ModelStatus model = around.catalog().model(standard.model());
        AliasTarget alias = model == null ? null : model.aliases().get(standard.alias());
        long version = alias == null ? standard.version() : alias.version();
        if (candidate.model().equals(standard.model()) && candidate.version() == version) {
            throw ServingException.invalid(
                    "candidate: '%s' is what the default arm answers with already (expected: another version; the newest one that is ready answers, unless the model has an alias 'stable' or a route says which: penstock routes set NAME --default %s@VERSION)"
                            .formatted(candidate, candidate.model()));
        }
    }

    /// A route of the model's own name.
    private RouteSpec fresh(RolloutSpec spec) {
        if (around.catalog().model(spec.route()) == null) {
            throw new ServingException(
                    ErrorCode.NOT_FOUND,
                    "route '%s' is not there, and no model of that name (expected: one of them; see penstock routes)"
                            .formatted(spec.route()));
        }
        return RouteSpec.of(spec.route(), new ArmSpec("stable", Target.standard(spec.route())));
    }

    /// Who answers now goes on answering, also when the candidate is newer and ready.
    private ArmSpec pinned(ArmSpec standard) {
        Target target = standard.target();
        if (target.version() > 0 || !target.alias().isEmpty()) {
            return standard;
        }
        ModelStatus model = around.catalog().model(target.model());
        if (model != null && model.aliases().containsKey(AliasTarget.STABLE)) {
            return new ArmSpec(standard.name(), Target.alias(target.model(), AliasTarget.STABLE));
        }
        VersionStatus version = model == null ? null : model.standard();
        if (version == null) {
            throw new ServingException(
                    ErrorCode.NOT_READY, "model '%s' has no version that answers now".formatted(target.model()));
        }
        return new ArmSpec(standard.name(), Target.version(target.model(), version.version()));
    }

    /// What the default arm stands for, as its route has it, and pinned.
    private static List<String> defaults(RolloutSpec spec, Optional<RouteRecord> recorded, RouteSpec pinned) {
        Target asked = recorded.map(RouteDraft::read)
                .map(RouteSpec::standard)
                .map(ArmSpec::target)
                .orElseGet(() -> Target.standard(spec.route()));
        return Stream.of(asked, pinned.standard().target())
                .distinct()
                .map(TargetText::of)
                .toList();
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
