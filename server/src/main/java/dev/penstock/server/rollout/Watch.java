package dev.penstock.server.rollout;

import dev.penstock.core.ModelKey;
import dev.penstock.router.AliasTarget;
import dev.penstock.router.arms.ArmName;
import dev.penstock.router.rollout.Candidate;
import dev.penstock.router.rollout.Mode;
import dev.penstock.router.rollout.Observation;
import dev.penstock.router.rollout.Observation.GateReading;
import dev.penstock.router.rollout.Observation.Readiness;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.Target;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.admin.VersionStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What is seen of a rollout on this server. Needs no record. Its owner's lock is held.
final class Watch {
    private final Around around;

    Watch(Around around) {
        this.around = around;
    }

    /// By who drives it.
    Observation observe(Drive drive, Since since, RouteSpec routed) {
        tellDeals(drive, since, routed);
        return seen(drive, since, routed, gates(drive));
    }

    /// By a server that does not drive it, which only counts.
    Observation countOnly(Drive drive, Since since, RouteSpec routed) {
        tellDeals(drive, since, routed);
        return counted(drive, since, routed);
    }

    /// How it deals now, to whoever is told what is said of answers.
    private void tellDeals(Drive drive, Since since, RouteSpec routed) {
        if (isApplied(drive, routed) && since.dealt(routed.epoch(), drive.state.dealt(drive.spec))) {
            around.sight().dealt(drive.spec.route(), drive.told(since.dealt()));
        }
    }

    /// Whether candidates can serve here, by a server that does not drive it: its route may be that of a moment
    /// ago.
    Map<String, Readiness> here(Drive drive, RouteSpec routed) {
        Map<String, Readiness> all = readiness(drive, routed);
        RouteEdits.missing(drive.spec, routed).forEach(all::remove);
        return all;
    }

    /// Before a candidate is at work nobody can say anything of it, and afterwards nobody has to.
    private List<GateReading> gates(Drive drive) {
        return drive.state.phase().serves()
                ? around.gates().readings(drive.record.id(), drive.spec, drive.view())
                : List.of();
    }

    /// By who drives it, while nobody else is asked. Tells nobody anything: any thread may, with copies.
    Observation meanwhile(Drive drive, Since since, RouteSpec routed) {
        return seen(drive, since, routed, List.of());
    }

    private Observation seen(Drive drive, Since since, RouteSpec routed, List<GateReading> gates) {
        Observation counted = counted(drive, since, routed);
        return new Observation(
                counted.applied(),
                counted.counts(),
                counted.copies(),
                counted.late(),
                drive.elsewhere.with(readiness(drive, routed), around.up().millis()),
                tripped(drive),
                gates);
    }

    private Observation counted(Drive drive, Since since, RouteSpec routed) {
        Since.News news = since.next(around.sight(), drive.spec, routed, isWhole(drive, routed));
        return new Observation(
                isApplied(drive, routed), news.counts(), news.copies(), news.late(), Map.of(), Map.of(), List.of());
    }

    /// Whether all arms that have a share have their requests here: of one that is not ready, or that a guard
    /// keeps from callers, another one has them.
    private boolean isWhole(Drive drive, RouteSpec routed) {
        boolean takes = drive.spec.rules().mode() != Mode.OBSERVE;
        Set<String> taken = takes ? tripped(drive).keySet() : Set.of();
        for (CandidateSpec candidate : routed.candidates()) {
            boolean gone =
                    taken.contains(candidate.arm().name()) || !around.routes().answers(routed, candidate.arm());
            if (candidate.weight() > 0 && gone) {
                return false;
            }
        }
        return routed.standardWeight() == 0 || around.routes().answers(routed, routed.standard());
    }

    /// By such a server, of which guards are heard, and versions that failed.
    Observation guards(Drive drive, RouteSpec routed) {
        return new Observation(
                false, Map.of(), Map.of(), readiness(drive, routed), tripped(drive), drive.gates(drive.state));
    }

    /// Candidates that a guard has taken from callers here, and why. What happened to another version that had
    /// the name of the arm says nothing.
    Map<String, String> tripped(Drive drive) {
        Map<ArmName, String> all = around.sight().tripped(drive.spec.route(), drive.record.id());
        Map<String, String> tripped = new HashMap<>();
        for (Candidate candidate : drive.spec.candidates()) {
            ModelKey target = new ModelKey(candidate.model(), candidate.version());
            String why = all.get(new ArmName(drive.spec.route(), candidate.arm(), target));
            if (why != null) {
                tripped.put(candidate.arm(), why);
            }
        }
        return tripped;
    }

    private boolean isApplied(Drive drive, RouteSpec routed) {
        if (!drive.wanted(drive.state, routed).equals(routed)) {
            return false;
        }
        return isAliasThere(drive.spec, drive.state, routed);
    }

    /// Whether the alias that is to be moved is at what is promoted; so it is where none is.
    boolean isAliasThere(RolloutSpec spec, RolloutState state, RouteSpec routed) {
        Candidate promoted = RouteEdits.promoted(spec, state);
        String alias = promoted == null ? "" : RouteEdits.movedAlias(promoted, routed);
        if (promoted == null || alias.isEmpty()) {
            return true;
        }
        ModelStatus model = around.catalog().model(promoted.model());
        AliasTarget target = model == null ? null : model.aliases().get(alias);
        return target != null && target.version() == promoted.version();
    }

    private Map<String, Readiness> readiness(Drive drive, RouteSpec routed) {
        List<String> missing = RouteEdits.missing(drive.spec, routed);
        Map<String, Readiness> all = new HashMap<>();
        for (Candidate candidate : drive.spec.candidates()) {
            Readiness one = missing.contains(candidate.arm())
                    ? new Readiness(
                            Readiness.State.FAILED, "route '%s' has not got its arm any more".formatted(routed.name()))
                    : readiness(candidate, routed);
            all.put(candidate.arm(), one);
        }
        return all;
    }

    private Readiness readiness(Candidate candidate, RouteSpec routed) {
        ModelStatus model = around.catalog().model(candidate.model());
        VersionStatus version = model == null ? null : model.version(candidate.version());
        if (version == null) {
            return new Readiness(Readiness.State.WAITING, "it is not on this server yet");
        }
        if (version.state() == VersionState.READY) {
            around.catalog().wake(candidate.model(), candidate.version());
            return fitting(candidate, routed);
        }
        return version.failed()
                ? new Readiness(Readiness.State.FAILED, version.reason())
                : new Readiness(Readiness.State.WAITING, version.reason());
    }

    /// It gets no requests while it is no substitute for the default arm, however long one waits.
    private Readiness fitting(Candidate candidate, RouteSpec routed) {
        Target target = Target.version(candidate.model(), candidate.version());
        List<String> misfits = around.routes().misfits(routed, new ArmSpec(candidate.arm(), target));
        return misfits.isEmpty()
                ? Readiness.READY
                : new Readiness(
                        Readiness.State.UNFIT, "it does not fit the default arm: " + String.join("; ", misfits));
    }
}
