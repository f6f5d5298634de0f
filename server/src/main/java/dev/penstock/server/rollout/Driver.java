package dev.penstock.server.rollout;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.Command;
import dev.penstock.router.rollout.Finding;
import dev.penstock.router.rollout.Observation;
import dev.penstock.router.rollout.Phase;
import dev.penstock.router.rollout.RolloutEvent;
import dev.penstock.router.rollout.RolloutMachine;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.router.rollout.Strategy;
import dev.penstock.router.rollout.Wish;
import dev.penstock.router.rollout.Withdrawal;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.routing.RouteDraft;
import dev.penstock.server.routing.RouteJson;
import dev.penstock.server.store.RouteRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Brings one rollout on by one tick: what is seen is judged, what follows is recorded, and the route is
/// written as it is wanted. To judge, and to take requests from a candidate here, no record is needed: what
/// could not be written is written later. Its owner's lock is held.
final class Driver {
    /// After which silence another server drives a rollout.
    private static final Duration SILENCE = Duration.ofSeconds(20);

    private final Around around;
    private final RolloutMachine machine;
    private final Watch watch;
    private final RecordRest rest;
    private final Counting counting;
    private final Holding holding;
    private final Promotion promotion;
    private final DriveWriter writer;

    Driver(Around around, RolloutMachine machine, Decisions decisions) {
        this.around = around;
        this.machine = machine;
        this.watch = new Watch(around);
        this.rest = new RecordRest(around.up());
        this.counting = new Counting(around, watch, rest);
        this.holding = new Holding(around, watch);
        this.promotion = new Promotion(around, watch, rest);
        this.writer = new DriveWriter(around, watch, rest, counting, new Announcer(around.teller(), decisions));
    }

    Counting counting() {
        return counting;
    }

    Holding holding() {
        return holding;
    }

    DriveWriter writer() {
        return writer;
    }

    RecordRest rest() {
        return rest;
    }

    /// One that is recorded as over changes nothing any more.
    ///
    /// @throws dev.penstock.server.store.StoreException if somebody else wrote it meanwhile
    /// @throws ServingException if the record or the model cannot be changed now
    void tick(Drive drive) {
        if (drive.record.isOver()) {
            return;
        }
        around.sight().compares(drive.spec.route(), drive.state.compared(drive.spec), drive.begunMillis());
        long now = around.time().millis();
        boolean due = !writer.isResting(drive);
        if (due) {
            drive.waitsFor = "";
        }
        Wish order = drive.order;
        if (order != null && isInTime(drive, order, due)) {
            if (due) {
                var _ = act(drive, order);
            }
            return;
        }
        drive.order = null;
        if (!isMine(drive) && around.up().millis() - drive.keptMillis < SILENCE.toMillis()) {
            guardOnly(drive, now);
            route(drive).flatMap(RouteJson::readable).ifPresent(routed -> counting.countOnly(drive, routed, now));
            return;
        }
        bringOn(drive, now);
    }

    /// Asks the record only if it may be asked at all.
    private boolean isInTime(Drive drive, Wish order, boolean due) {
        return !drive.state.phase().isEnding() || !due || promotion.isOpen(drive, order, route(drive));
    }

    private void bringOn(Drive drive, long now) {
        if (!isMine(drive)) {
            // Who takes over has tried nothing yet.
            drive.refusedMillis = 0;
        }
        Optional<RouteRecord> route = route(drive);
        if (route.isEmpty()) {
            endWithoutRoute(drive, now);
            return;
        }
        RouteSpec routed = RouteDraft.read(route.get());
        RolloutMachine.Tick tick = judged(drive, routed, now);
        if (tick.events().isEmpty() && drive.unwritten.isEmpty()) {
            tick = reweighted(drive, tick, now);
        }
        settle(drive, tick, route);
    }

    private RolloutMachine.Tick judged(Drive drive, RouteSpec routed, long now) {
        boolean asked = !writer.isResting(drive);
        String refusal = asked ? moved(drive, routed) : "";
        RolloutState counted = counting.counted(drive, now);
        if (!refusal.isEmpty()) {
            return promotion.refused(drive, counted, routed, refusal, now);
        }
        drive.refusedMillis = asked ? 0 : drive.refusedMillis;
        return machine.tick(drive.spec, counted, watch.observe(drive, counting.since(drive), routed), now);
    }

    /// As [Promotion#move].
    private String moved(Drive drive, RouteSpec routed) {
        try {
            return promotion.move(drive, routed);
        } catch (ServingException e) {
            // Nobody knows whether it would still be refused.
            drive.refusedMillis = 0;
            throw writer.later(drive, e);
        }
    }

    boolean isMine(Drive drive) {
        return around.drives(drive.record);
    }

    /// Another server drives it: here only guards are looked at.
    private void guardOnly(Drive drive, long now) {
        Phase phase = drive.state.phase();
        boolean listens = phase == Phase.PROMOTING || !phase.isEnding();
        if (watch.tripped(drive).isEmpty() || !listens || writer.isResting(drive)) {
            drive.refusedMillis = 0;
            return;
        }
        Optional<RouteRecord> route = route(drive);
        Optional<RouteSpec> routed = route.flatMap(RouteJson::readable);
        if (routed.isEmpty()) {
            drive.refusedMillis = 0;
            return;
        }
        RolloutMachine.Tick tick = phase == Phase.PROMOTING
                ? promotion.guarded(drive, routed.get(), now)
                : machine.guarded(drive.spec, drive.state, watch.guards(drive, routed.get()), now);
        if (!tick.events().isEmpty()) {
            writer.write(drive, tick.state(), tick.events(), drive.record.owner(), route, drive.record.actor());
        }
    }

    /// As it was read last: who could not judge without the record would leave callers to a bad version.
    private Optional<RouteRecord> route(Drive drive) {
        Optional<RouteRecord> known = around.records().known().stream()
                .filter(route -> route.name().equals(drive.spec.route()))
                .findFirst();
        if (known.isPresent() && (!drive.unsure || !rest.mayRead())) {
            return known;
        }
        try {
            return around.records().read(store -> store.route(drive.spec.route()));
        } catch (ServingException e) {
            rest.readFailed(e);
            if (known.isEmpty()) {
                throw e;
            }
            return known;
        }
    }

    /// There is nothing left to be dealt.
    private void endWithoutRoute(Drive drive, long now) {
        RolloutMachine.Tick tick = drive.state.phase().isEnding()
                ? machine.tick(
                        drive.spec,
                        drive.state,
                        new Observation(true, Map.of(), Map.of(), Map.of(), Map.of(), List.of()),
                        now)
                : machine.act(
                        drive.spec,
                        drive.state,
                        new Wish(
                                Command.ABORT,
                                drive.record.actor(),
                                "route '%s' is gone".formatted(drive.spec.route())),
                        now);
        settle(drive, tick, Optional.empty());
    }

    private RolloutMachine.Tick reweighted(Drive drive, RolloutMachine.Tick tick, long now) {
        boolean due = drive.spec.strategy() == Strategy.BANDIT
                && tick.state().phase() == Phase.ANALYSE
                && tick.state().waits().isEmpty()
                && now - tick.state().weighedMillis()
                        >= drive.spec.bandit().updateInterval().toMillis();
        if (!due) {
            return tick;
        }
        return machine.reweight(drive.spec, tick.state(), Bandits.next(drive.spec, tick.state()), now);
    }

    private void settle(Drive drive, RolloutMachine.Tick tick, Optional<RouteRecord> route) {
        drive.goOn(tick);
        holding.hold(drive, tick.state());
        writer.settle(drive, route);
    }

    /// Does what a person wants; throws as [#tick]. Who aborts has the candidates taken from callers here at
    /// once, and what cannot be recorded now is with the next ticks.
    ///
    /// @return what he has confirmed by that
    List<Finding> act(Drive drive, Wish wish) {
        long now = around.time().millis();
        drive.order = null;
        RolloutMachine.Tick tick = promotion.isOpen(drive, wish, route(drive))
                ? Withdrawal.asked(drive.spec, drive.state, wish, now)
                : machine.act(drive.spec, drive.state, wish, now);
        holding.hold(drive, tick.state());
        if (wish.command() == Command.ABORT) {
            drive.order = wish;
        }
        Phase before = drive.state.phase();
        List<RolloutEvent> events = new ArrayList<>(drive.unwritten);
        events.addAll(tick.events());
        try {
            writer.write(drive, tick.state(), events, drive.record.owner(), route(drive), wish.actor());
            drive.order = null;
            holding.rearmIfLetGoOn(drive, before);
            return tick.events().stream()
                    .flatMap(event -> event.confirmed().stream())
                    .toList();
        } catch (ServingException e) {
            throw wish.command() == Command.ABORT ? heldOnly(e) : e;
        }
    }

    private static ServingException heldOnly(ServingException cause) {
        return new ServingException(
                ErrorCode.NOT_READY,
                "the candidate gets no requests on this server any more, but that cannot be recorded yet, which is tried again: "
                        + cause.reason());
    }
}
