package dev.penstock.server.rollout;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.router.AliasTarget;
import dev.penstock.router.rollout.Candidate;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.Target;
import dev.penstock.server.admin.Catalog;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.VersionStatus;
import dev.penstock.server.routing.RouteDraft;
import dev.penstock.server.routing.TargetText;
import dev.penstock.server.store.RouteRecord;
import dev.penstock.server.wire.HeaderText;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Routes as rollouts begin on them: who answers by default stays who it is, whatever becomes ready meanwhile.
final class PinnedRoutes {
    private final Catalog catalog;

    PinnedRoutes(Catalog catalog) {
        this.catalog = catalog;
    }

    /// As it is now.
    ///
    /// @throws ServingException if there is neither that route nor a model of its name
    RouteSpec current(RolloutSpec spec, Optional<RouteRecord> recorded) {
        return recorded.map(RouteDraft::read).orElseGet(() -> fresh(spec));
    }

    /// With a default arm that stays who it is.
    ///
    /// @throws ServingException if a candidate is that already, or nobody answers
    RouteSpec pinned(RolloutSpec spec, Optional<RouteRecord> recorded) {
        RouteSpec now = current(spec, recorded);
        RouteSpec pinned = now.withStandard(pinned(now.standard()));
        spec.candidates()
                .forEach(candidate -> refuseDefault(candidate, pinned.standard().target()));
        return pinned;
    }

    /// A version that answers already has nobody to be compared with but itself.
    private void refuseDefault(Candidate candidate, Target standard) {
        ModelStatus model = catalog.model(standard.model());
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
        if (catalog.model(spec.route()) == null) {
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
        ModelStatus model = catalog.model(target.model());
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
    static List<String> defaults(RolloutSpec spec, Optional<RouteRecord> recorded, RouteSpec pinned) {
        Target asked = recorded.map(RouteDraft::read)
                .map(RouteSpec::standard)
                .map(ArmSpec::target)
                .orElseGet(() -> Target.standard(spec.route()));
        return Stream.of(asked, pinned.standard().target())
                .distinct()
                .map(TargetText::of)
                .toList();
    }

    /// The rollout with the name of the arm that it compares with.
    ///
    /// @throws ServingException if it says another one
    static RolloutSpec named(RolloutJson.Order order, RouteSpec route) {
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
}
