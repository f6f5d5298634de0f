package dev.penstock.server.rollout;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.router.AliasTarget;
import dev.penstock.router.rollout.Candidate;
import dev.penstock.router.rollout.Command;
import dev.penstock.router.rollout.EvidenceJudge;
import dev.penstock.router.rollout.Observation;
import dev.penstock.router.rollout.Observation.Readiness;
import dev.penstock.router.rollout.Phase;
import dev.penstock.router.rollout.RolloutEvent;
import dev.penstock.router.rollout.RolloutEvent.Kind;
import dev.penstock.router.rollout.RolloutMachine;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.router.rollout.Strategy;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.Target;
import dev.penstock.server.admin.ModelAdmin;
import dev.penstock.server.admin.ModelStatus;
import dev.penstock.server.admin.VersionState;
import dev.penstock.server.admin.VersionStatus;
import dev.penstock.server.routing.RouteJson;
import dev.penstock.server.store.RolloutRecord;
import dev.penstock.server.store.RouteRecord;
import dev.penstock.server.store.RouteStore;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Brings one rollout on by one tick: what is seen is judged, what follows is recorded, and the route is
/// written as
/// it is wanted. Whatever fails is tried again with the next tick. Its owner's lock is held.
final class Driver {
    private static final System.Logger LOG = System.getLogger(Driver.class.getName());

    /// How often counts are recorded that decide nothing.
    private static final Duration KEEP = Duration.ofSeconds(5);

    /// After which silence another server drives a rollout.
    private static final Duration SILENCE = Duration.ofSeconds(20);

    private final Around around;
    private final RolloutMachine machine;
    private final Decisions decisions;

    Driver(Around around, RolloutMachine machine, Decisions decisions) {
        this.around = around;
        this.machine = machine;
        this.decisions = decisions;
    }

    /// @throws dev.penstock.server.store.StoreException if somebody else wrote it meanwhile
    /// @throws ServingException if the record or the model cannot be changed now
    void tick(Drive drive) {
        long now = around.time().millis();
        boolean mine = drive.record.owner().equals(around.server());
        if (!mine && !mayTakeOver(drive, now)) {
            guardOnly(drive, now);
            return;
        }
        if (drive.since == null) {
            drive.since = new Since(around.sight(), drive.spec.route());
        }
        RouteRecord route = route(drive);
        RouteSpec routed = RouteJson.read(route.spec());
        RolloutMachine.Tick tick = machine.tick(drive.spec, drive.state, observe(drive, routed), now);
        if (tick.events().isEmpty()) {
            tick = reweighted(drive, tick, now);
        }
        settle(drive, tick, route, routed, now, drive.spec.route());
    }

    private boolean mayTakeOver(Drive drive, long now) {
        return now - drive.keptMillis >= SILENCE.toMillis();
    }

    /// Another server drives it: here only guards are looked at.
    private void guardOnly(Drive drive, long now) {
        drive.since = null;
        if (around.sight().tripped(drive.spec.route()).isEmpty()
                || drive.state.phase().isEnding()) {
            return;
        }
        RouteRecord route = route(drive);
        RouteSpec routed = RouteJson.read(route.spec());
        Observation seen = new Observation(
                false,
                Map.of(),
                Map.of(),
                readiness(drive, routed),
                around.sight().tripped(drive.spec.route()),
                List.of());
        RolloutMachine.Tick tick = machine.tick(drive.spec, drive.state, seen, now);
        if (!tick.events().isEmpty()) {
            write(drive, tick, drive.record.owner(), wanted(drive, tick.state(), route, routed), "rollout " + drive.record.id());
        }
    }

    private RouteRecord route(Drive drive) {
        return around.records()
                .read(store -> store.route(drive.spec.route()))
                .orElseThrow(() -> new ServingException(
                        ErrorCode.NOT_FOUND, "route '%s' is gone".formatted(drive.spec.route())));
    }

    private Observation observe(Drive drive, RouteSpec routed) {
        Since since = drive.since;
        if (since == null) {
            throw new IllegalStateException("nobody counts (expected: who drives it does)");
        }
        Since.News news = since.next(around.sight(), drive.spec, routed);
        drive.waitsFor = "";
        return new Observation(
                isApplied(drive, routed),
                news.counts(),
                news.copies(),
                readiness(drive, routed),
                around.sight().tripped(drive.spec.route()),
                around.gates().readings(drive.record.id(), drive.spec, drive.view()));
    }

    private boolean isApplied(Drive drive, RouteSpec routed) {
        if (!RouteEdits.wanted(drive.spec, drive.state, routed).equals(routed)) {
            return false;
        }
        Candidate promoted = RouteEdits.promoted(drive.spec, drive.state);
        String alias = routed.standard().target().alias();
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
                    ? new Readiness(Readiness.State.FAILED, "route '%s' has not got its arm any more".formatted(routed.name()))
                    : readiness(candidate);
            all.put(candidate.arm(), one);
        }
        return all;
    }

    private Readiness readiness(Candidate candidate) {
        ModelStatus model = around.catalog().model(candidate.model());
        VersionStatus version = model == null ? null : model.version(candidate.version());
        if (version == null) {
            return new Readiness(Readiness.State.WAITING, "it is not on this server yet");
        }
        if (version.state() == VersionState.READY) {
            around.catalog().wake(candidate.model(), candidate.version());
            return Readiness.READY;
        }
        return version.failed()
                ? new Readiness(Readiness.State.FAILED, version.reason())
                : new Readiness(Readiness.State.WAITING, version.reason());
    }

    private RolloutMachine.Tick reweighted(Drive drive, RolloutMachine.Tick tick, long now) {
        boolean due = drive.spec.strategy() == Strategy.BANDIT
                && tick.state().phase() == Phase.ANALYSE
                && now - drive.weighedMillis >= drive.spec.bandit().updateInterval().toMillis();
        if (!due) {
            return tick;
        }
        drive.weighedMillis = now;
        return machine.reweight(drive.spec, tick.state(), Bandits.next(drive.spec, tick.state()), now);
    }

    /// @param routeName for what the audit log says
    private void settle(
            Drive drive, RolloutMachine.Tick tick, RouteRecord route, RouteSpec routed, long now, String routeName) {
        for (String arm : RouteEdits.taken(drive.spec, tick.state())) {
            // At once, and also if the record cannot be reached.
            around.published().hold(routeName, arm);
        }
        promoteAlias(drive, tick.state(), routed);
        Optional<RouteRecord> next = wanted(drive, tick.state(), route, routed);
        boolean mine = drive.record.owner().equals(around.server());
        if (!tick.events().isEmpty() || next.isPresent() || !mine) {
            write(drive, tick, around.server(), next, "rollout " + drive.record.id());
        } else if (now - drive.keptMillis >= KEEP.toMillis()) {
            drive.record = around.records().keep(drive.record.with(StateJson.write(tick.state())), List.of());
            drive.state = tick.state();
            drive.keptMillis = now;
        } else {
            drive.state = tick.state();
        }
    }

    /// The default arm follows its alias: that is moved first, then the candidate's share is taken away.
    private void promoteAlias(Drive drive, RolloutState state, RouteSpec routed) {
        Candidate promoted = RouteEdits.promoted(drive.spec, state);
        Target target = routed.standard().target();
        ModelAdmin admin = around.admin();
        if (promoted == null || target.alias().isEmpty() || admin == null) {
            return;
        }
        ModelStatus model = around.catalog().model(promoted.model());
        AliasTarget now = model == null ? null : model.aliases().get(target.alias());
        if (now == null || now.version() != promoted.version()) {
            boolean _ = admin.promote(
                                    promoted.model(),
                                    target.alias(),
                                    promoted.version(),
                                    "rollout " + drive.record.id())
                            .version()
                    == promoted.version();
        }
    }

    private static Optional<RouteRecord> wanted(
            Drive drive, RolloutState state, RouteRecord route, RouteSpec routed) {
        RouteSpec wanted = RouteEdits.wanted(drive.spec, state, routed);
        return wanted.equals(routed)
                ? Optional.empty()
                : Optional.of(route.with(RouteJson.write(wanted).toString(), false));
    }

    private void write(Drive drive, RolloutMachine.Tick tick, String owner, Optional<RouteRecord> route, String who) {
        RolloutRecord next = drive.with(tick.state(), owner);
        RouteStore.RolloutChange change = around.records()
                .change(next, drive.events(tick.events()), route, who, action(tick), detail(tick));
        drive.record = change.rollout();
        drive.state = tick.state();
        drive.keptMillis = around.time().millis();
        tick.events().forEach(event -> tell(drive, event));
        if (tick.state().phase().isOver()) {
            drive.spec.candidates().forEach(candidate ->
                    around.published().release(drive.spec.route(), candidate.arm()));
        }
    }

    private static String action(RolloutMachine.Tick tick) {
        return tick.events().isEmpty()
                ? "drive rollout"
                : "rollout " + tick.events().getLast().kind().text();
    }

    private static String detail(RolloutMachine.Tick tick) {
        RolloutState state = tick.state();
        return "%s; %s%s".formatted(
                RolloutJson.phase(state.phase()),
                state.reason(),
                state.detail().isEmpty() ? "" : ": " + state.detail());
    }

    private void tell(Drive drive, RolloutEvent event) {
        decisions.count(drive.spec, event);
        LOG.log(
                System.Logger.Level.INFO,
                "rollout {0} of {1}: {2}, {3} {4}",
                drive.record.id(),
                drive.spec.route(),
                event.kind().text(),
                event.reason(),
                event.detail());
        String type = switch (event.kind()) {
            case ROLLING_BACK, ARM_DROPPED -> "rollout.rolled-back.v1";
            case COMPLETED -> drive.state.promoted().isEmpty() ? "rollout.phase-changed.v1" : "rollout.promoted.v1";
            case HELD -> event.reason().equals("sample-ratio") ? "srm.detected.v1" : "rollout.phase-changed.v1";
            default -> "rollout.phase-changed.v1";
        };
        if (event.kind() != Kind.REWEIGHTED) {
            around.teller()
                    .tell(
                            type,
                            drive.spec.route(),
                            RolloutViewJson.of(event, drive.record.id(), drive.spec).toString());
        }
    }

    /// Does what a person wants; throws as [#tick].
    void act(Drive drive, Command command, String who, String why) {
        long now = around.time().millis();
        RolloutMachine.Tick tick = machine.act(drive.spec, drive.state, command, who, why, now);
        RouteRecord route = route(drive);
        RouteSpec routed = RouteJson.read(route.spec());
        RouteEdits.taken(drive.spec, tick.state())
                .forEach(arm -> around.published().hold(drive.spec.route(), arm));
        promoteAlias(drive, tick.state(), routed);
        write(drive, tick, drive.record.owner(), wanted(drive, tick.state(), route, routed), who);
    }

    /// With what the evidence says, which is not recorded.
    Drive judged(Drive drive) {
        RolloutState state = drive.state;
        drive.state = state.with(new EvidenceJudge().judge(drive.spec, state, List.of()));
        return drive;
    }
}
