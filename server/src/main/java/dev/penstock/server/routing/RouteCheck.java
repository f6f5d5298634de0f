package dev.penstock.server.routing;

import dev.penstock.core.ServingException;
import dev.penstock.core.Signature;
import dev.penstock.core.SignatureChange;
import dev.penstock.router.AliasTarget;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.ShadowSpec;
import dev.penstock.router.split.Target;
import dev.penstock.server.admin.Catalog;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.admin.VersionStatus;
import dev.penstock.server.config.Nearest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Whether a route can be, among the models and the other routes that there are. A record reads the same for
/// all.
final class RouteCheck {
    private final Catalog catalog;

    RouteCheck(Catalog catalog) {
        this.catalog = catalog;
    }

    /// Refuses a route that somebody wants to write.
    ///
    /// @param all routes that there are, perhaps with what it was so far
    /// @throws ServingException with INVALID_ARGUMENT, saying all that is wrong
    void check(RouteSpec route, Collection<RouteSpec> all) {
        List<RouteSpec> others =
                all.stream().filter(each -> !each.name().equals(route.name())).toList();
        List<String> wrong = new ArrayList<>(names(route, others));
        wrong.addAll(problems(route));
        if (!wrong.isEmpty()) {
            throw ServingException.invalid("route '%s': %s".formatted(route.name(), String.join("; ", wrong)));
        }
    }

    private List<String> names(RouteSpec route, Collection<RouteSpec> others) {
        List<String> wrong = new ArrayList<>();
        List<ArmSpec> arms = new ArrayList<>(route.arms());
        route.shadows().forEach(shadow -> arms.add(shadow.arm()));
        boolean isModel = catalog.model(route.name()) != null;
        if (isModel && arms.stream().noneMatch(arm -> arm.target().model().equals(route.name()))) {
            wrong.add(
                    "it would hide the model of its name, which none of its arms stands for (expected: another name)");
        }
        for (RouteSpec other : others) {
            for (ArmSpec arm : arms) {
                if (isOpen(arm.target()) && arm.target().model().equals(other.name())) {
                    wrong.add(
                            "arm '%s' stands for '%s' without a version, and requests for that take another route (expected: a version or an alias)"
                                    .formatted(arm.name(), other.name()));
                }
            }
            List<ArmSpec> otherArms = new ArrayList<>(other.arms());
            other.shadows().forEach(shadow -> otherArms.add(shadow.arm()));
            for (ArmSpec arm : otherArms) {
                if (isOpen(arm.target()) && arm.target().model().equals(route.name())) {
                    wrong.add("route '%s' stands for its name without a version (expected: a version or an alias there)"
                            .formatted(other.name()));
                }
            }
        }
        return wrong;
    }

    /// Of whom it depends on the model what answers.
    private static boolean isOpen(Target target) {
        return target.version() == 0 && target.alias().isEmpty();
    }

    /// Why a route cannot serve here as it says, each in a sentence; none if it can.
    List<String> problems(RouteSpec route) {
        List<String> wrong = new ArrayList<>();
        @Nullable Signature signature = look(route.standard(), true, null, wrong);
        for (CandidateSpec candidate : route.candidates()) {
            look(candidate.arm(), candidate.weight() > 0, signature, wrong);
        }
        Set<Target> judged = route.arms().stream().map(ArmSpec::target).collect(Collectors.toSet());
        for (ShadowSpec shadow : route.shadows()) {
            // Whether it fits is told of the arm that stands for the same.
            boolean told = judged.contains(shadow.arm().target());
            look(shadow.arm(), shadow.share() > 0, told ? null : signature, wrong);
        }
        return wrong;
    }

    /// @param needed whether it has to be ready
    /// @param like that of the default arm, as far as it is known
    /// @return that of the arm, as far as it is known
    private @Nullable Signature look(ArmSpec arm, boolean needed, @Nullable Signature like, List<String> wrong) {
        Target target = arm.target();
        @Nullable ModelStatus model = catalog.model(target.model());
        if (model == null) {
            List<String> names =
                    catalog.models().stream().map(ModelStatus::name).toList();
            wrong.add("arm '%s': there is no model '%s'%s"
                    .formatted(arm.name(), target.model(), Nearest.hint(target.model(), names)));
            return null;
        }
        @Nullable VersionStatus version = version(model, arm, wrong);
        if (version == null) {
            return null;
        }
        if (needed && version.state() != VersionState.READY) {
            String reason = version.reason().isEmpty() ? "" : ", " + version.reason();
            wrong.add("arm '%s': %s is not ready: %s version %d is %s%s (expected: ready, or a weight of 0)"
                    .formatted(
                            arm.name(),
                            TargetText.of(target),
                            target.model(),
                            version.version(),
                            version.state().name().toLowerCase(java.util.Locale.ROOT),
                            reason));
        }
        @Nullable Signature own = version.signature();
        if (own != null && like != null) {
            SignatureChange.breaks(like, own)
                    .forEach(change -> wrong.add("arm '%s' (%s) does not fit the default arm: %s"
                            .formatted(arm.name(), TargetText.of(target), change)));
        }
        return own;
    }

    /// That it stands for, ready or not; null if that is told.
    private static @Nullable VersionStatus version(ModelStatus model, ArmSpec arm, List<String> wrong) {
        Target target = arm.target();
        @Nullable VersionStatus version;
        if (target.version() > 0) {
            version = model.version(target.version());
        } else if (!target.alias().isEmpty()) {
            @Nullable AliasTarget alias = model.aliases().get(target.alias());
            if (alias == null) {
                wrong.add("arm '%s': model '%s' has no alias '%s' (it has: %s)"
                        .formatted(
                                arm.name(),
                                model.name(),
                                target.alias(),
                                model.aliases().isEmpty()
                                        ? "none"
                                        : String.join(", ", model.aliases().keySet())));
                return null;
            }
            @Nullable VersionStatus ready = alias.pick(model::ready);
            version = ready == null ? model.version(alias.version()) : ready;
        } else {
            @Nullable VersionStatus ready = model.standard();
            version = ready == null && !model.versions().isEmpty()
                    ? model.versions().getLast()
                    : ready;
        }
        if (version == null) {
            wrong.add("arm '%s': %s is not there; '%s' has versions %s"
                    .formatted(
                            arm.name(),
                            TargetText.of(target),
                            model.name(),
                            model.versions().stream()
                                    .map(VersionStatus::version)
                                    .toList()));
        }
        return version;
    }

    /// The version that answers for an arm now; 0 if none does, or none that may stand in for the default arm.
    long answering(RouteSpec route, ArmSpec arm) {
        @Nullable VersionStatus version = ready(arm);
        if (version == null) {
            return 0;
        }
        return misfits(route, version).isEmpty() ? version.version() : 0;
    }

    /// Why who answers for an arm is no substitute for who answers for the default arm; nothing as far as
    /// that is not known.
    List<String> misfits(RouteSpec route, ArmSpec arm) {
        @Nullable VersionStatus version = ready(arm);
        return version == null ? List.of() : misfits(route, version);
    }

    private List<String> misfits(RouteSpec route, VersionStatus version) {
        @Nullable VersionStatus standard = ready(route.standard());
        @Nullable Signature like = standard == null ? null : standard.signature();
        @Nullable Signature own = version.signature();
        return like == null || own == null ? List.of() : SignatureChange.breaks(like, own);
    }

    private @Nullable VersionStatus ready(ArmSpec arm) {
        @Nullable ModelStatus model = catalog.model(arm.target().model());
        @Nullable VersionStatus version = model == null ? null : version(model, arm, new ArrayList<>());
        return version == null || version.state() != VersionState.READY ? null : version;
    }
}
