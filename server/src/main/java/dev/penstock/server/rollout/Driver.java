package dev.penstock.server.rollout;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.Command;
import dev.penstock.router.rollout.EvidenceJudge;
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
import dev.penstock.server.store.RolloutRecord;
import dev.penstock.server.store.RouteRecord;
import dev.penstock.server.store.RouteStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Brings one rollout on by one tick: what is seen is judged, what follows is recorded, and the route is
/// written as it is wanted. To judge, and to take requests from a candidate here, no record is needed: what
/// could not be written is written later. Its owner's lock is held.
final class Driver {
    /// How often counts are recorded that decide nothing, and how long nothing is written after that failed:
    /// who waits for a record that does not answer judges nobody.
    private static final Duration KEEP = Duration.ofSeconds(5);

    /// After which silence another server drives a rollout.
    private static final Duration SILENCE = Duration.ofSeconds(20);

    private final Around around;
    private final RolloutMachine machine;
    private final Watch watch;
    private final Announcer announcer;
    private final RecordRest rest;
    private final Counting counting;
    private final Holding holding;
    private final Promotion promotion;

    Driver(Around around, RolloutMachine machine, Decisions decisions) {
        this.around = around;
        this.machine = machine;
        this.watch = new Watch(around);
        this.rest = new RecordRest(around.up());
        this.counting = new Counting(around, watch, rest);
        this.holding = new Holding(around, watch);
        this.promotion = new Promotion(around, watch, rest);
        this.announcer = new Announcer(around.teller(), decisions);
    }

    Counting counting() {
        return counting;
    }

    Holding holding() {
        return holding;
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
        long now = around.time().millis();
        boolean due = !isResting(drive);
        if (due) {
            drive.waitsFor = "";
        }
        Wish order = drive.order;
        // Whether it still is in time is asked of the record, and only if it is asked at all.
        if (order != null
                && (!drive.state.phase().isEnding() || !due || promotion.isOpen(drive, order, route(drive)))) {
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
        boolean asked = !isResting(drive);
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
            throw later(drive, e);
        }
    }

    boolean isMine(Drive drive) {
        return around.drives(drive.record);
    }

    /// Another server drives it: here only guards are looked at.
    private void guardOnly(Drive drive, long now) {
        Phase phase = drive.state.phase();
        boolean listens = phase == Phase.PROMOTING || !phase.isEnding();
        if (watch.tripped(drive).isEmpty() || !listens || isResting(drive)) {
            return;
        }
        Optional<RouteRecord> route = route(drive);
        Optional<RouteSpec> routed = route.flatMap(RouteJson::readable);
        if (routed.isEmpty()) {
            return;
        }
        RolloutMachine.Tick tick = phase == Phase.PROMOTING
                ? promotion.guarded(drive, routed.get(), now)
                : machine.guarded(drive.spec, drive.state, watch.guards(drive, routed.get()), now);
        if (!tick.events().isEmpty()) {
            write(drive, tick.state(), tick.events(), drive.record.owner(), route, drive.record.actor());
        }
    }

    private boolean isResting(Drive drive) {
        return !rest.mayWrite() || around.up().millis() < drive.retryMillis;
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
        if (isResting(drive)) {
            if (drive.waitsFor.isEmpty() && !drive.unwritten.isEmpty()) {
                drive.waitsFor = rest.why();
            }
            return;
        }
        if (!drive.unwritten.isEmpty() || wanted(drive, drive.state, route).isPresent() || !isMine(drive)) {
            write(drive, drive.state, List.copyOf(drive.unwritten), around.server(), route, drive.record.actor());
        } else if (!drive.toTell.isEmpty() || around.up().millis() - drive.keptMillis >= KEEP.toMillis()) {
            keep(drive);
        }
    }

    private void keep(Drive drive) {
        List<Notice> told = drive.toTell;
        RolloutState counted = drive.attempted(drive.state, counting.outbox(drive), told);
        RolloutRecord next = drive.record.with(drive.stateJson(counted, List.of()));
        RolloutRecord kept = orLater(drive, () -> around.records().keep(next, List.of()));
        drive.written(kept, counted, List.of(), around.up().millis());
        announce(drive, told);
    }

    /// @return nothing also of one that this release cannot read: whoever can writes it
    private Optional<RouteRecord> wanted(Drive drive, RolloutState state, Optional<RouteRecord> route) {
        Optional<RouteSpec> readable = route.flatMap(RouteJson::readable);
        if (readable.isEmpty()) {
            return Optional.empty();
        }
        RouteSpec routed = readable.get();
        RouteSpec wanted = drive.wanted(state, routed);
        return wanted.equals(routed) || !watch.isAliasThere(drive.spec, state, routed)
                ? Optional.empty()
                : Optional.of(RouteDraft.unchecked(wanted, route.get()));
    }

    private void write(
            Drive drive,
            RolloutState state,
            List<RolloutEvent> events,
            String owner,
            Optional<RouteRecord> route,
            String who) {
        boolean mine = owner.equals(around.server());
        List<Notice> news = drive.notices(events);
        List<Notice> all = drive.toTell(news);
        // Who does not drive it has counted nothing that is in it, and leaves it to who does to tell: the
        // answer may
        // be lost, and whoever wrote it may be gone before it knows.
        RolloutState counted = mine ? drive.attempted(state, counting.outbox(drive), all) : state;
        List<Notice> left = mine ? List.of() : Drive.left(all);
        RolloutRecord next = drive.with(counted, owner, left);
        Optional<RouteRecord> wanted = wanted(drive, state, route);
        List<String> recorded = news.stream().map(Notice::data).toList();
        String action = Announcer.action(events);
        String detail = Announcer.detail(state);
        RouteStore.RolloutChange change =
                orLater(drive, () -> around.records().change(next, recorded, wanted, who, action, detail));
        drive.written(change.rollout(), counted, left, around.up().millis());
        if (mine) {
            announce(drive, all);
        }
    }

    /// @param told what is recorded
    void announce(Drive drive, List<Notice> told) {
        told.forEach(notice -> announcer.tell(drive, notice));
    }

    private <T> T orLater(Drive drive, Supplier<T> writing) {
        try {
            T written = writing.get();
            rest.written();
            return written;
        } catch (ServingException e) {
            throw later(drive, e);
        }
    }

    private ServingException later(Drive drive, ServingException cause) {
        rest.writeFailed(cause);
        drive.retryMillis = around.up().millis() + KEEP.toMillis();
        return cause;
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
            write(drive, tick.state(), events, drive.record.owner(), route(drive), wish.actor());
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

    /// With what the evidence says, which is not recorded.
    Drive judged(Drive drive) {
        RolloutState state = drive.state;
        drive.state = state.with(new EvidenceJudge().judge(drive.spec, state, drive.gates(state)));
        return drive;
    }
}
