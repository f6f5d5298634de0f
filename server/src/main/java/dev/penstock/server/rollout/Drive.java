package dev.penstock.server.rollout;

import dev.penstock.core.ServingException;
import dev.penstock.router.arms.ArmDeals;
import dev.penstock.router.rollout.MetricReading;
import dev.penstock.router.rollout.MetricSpec;
import dev.penstock.router.rollout.Observation.GateReading;
import dev.penstock.router.rollout.RolloutEvent;
import dev.penstock.router.rollout.RolloutMachine;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.router.rollout.Tally;
import dev.penstock.router.rollout.Waiting;
import dev.penstock.router.rollout.Wish;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.store.RolloutRecord;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// One rollout as this server knows it. Not thread-safe: its owner's lock is held.
final class Drive {
    private static final int MOST_UNWRITTEN = 256;
    private static final int MOST_TO_TELL = 64;

    private final Asked asked;
    final RolloutSpec spec;

    /// What only a newer release knows of its state.
    private final ObjectNode unknown;

    RolloutRecord record;
    RolloutState state;

    /// What gates said last, as the record has it: that follows from no counts.
    private List<GateReading> said = List.of();

    /// Null until something was counted here.
    @Nullable
    Since since;

    /// What is counted here while another server drives it; null until something is.
    @Nullable
    Outbox outbox;

    /// What this server tried to record of it.
    private final Attempts attempts = new Attempts();

    /// What other servers said of whether its candidates can serve there, while this one drives it.
    Elsewhere elsewhere = new Elsewhere();

    /// What this one has to say of that, while another one does.
    StandingNews standing = new StandingNews();

    /// What the log was told of that cannot be judged.
    private FaultLog faults = new FaultLog();

    /// Tallies that are never added up: the last numbers, by source.
    Map<String, Long> leftOut = Map.of();

    /// Sources of such, that were told of.
    final Set<String> warned = new HashSet<>();

    /// What other servers counted, as it was read last and is not in the state yet.
    List<Tally> inbox = List.of();

    /// The last numbers of tallies that are in the state as this server recorded it last, by source.
    Map<String, Long> recordedSources = Map.of();

    /// The last numbers of tallies that were dropped from the record, by source.
    Map<String, Long> dropped = Map.of();

    /// No tallies are read or written before that, of [Around#up].
    long talliesMillis;

    /// When the record was written last by this server, or was seen to have been by another, of [Around#up].
    long keptMillis;

    /// What happened that is not recorded yet, the last ones of it: the state is ahead of the record by these.
    final Deque<RolloutEvent> unwritten = new ArrayDeque<>();

    /// What servers that do not drive it recorded, such as a person's word: who drives it tells of that, and
    /// then it is not recorded as untold any more. As the record has it.
    List<Notice> toTell = List.of();

    /// Candidates that get nothing on this server, as this rollout wants it.
    final Set<String> held = new HashSet<>();

    /// What a person wants that could not be recorded.
    @Nullable
    Wish order;

    /// Nothing is written before that, of [Around#up].
    long retryMillis;

    /// Whether the route may be another one than is known here.
    boolean unsure;

    /// Since when its promotion is refused, of [Around#up]; 0 if it is not.
    long refusedMillis;

    /// Why what is wanted is not so yet.
    String waitsFor = "";

    private Drive(Asked asked, ObjectNode unknown, RolloutRecord record, RolloutState state) {
        this.asked = asked;
        this.unknown = unknown;
        this.spec = asked.spec();
        this.record = record;
        this.state = state;
    }

    /// @throws ServingException if this release cannot read it
    static Drive of(RolloutRecord record) {
        Drive drive = new Drive(
                Asked.read(record.spec()), StateFields.unknown(record.state()), record, StateJson.read(record.state()));
        drive.said = StateJson.gates(record.state());
        drive.toTell = StateJson.toTell(record.state());
        return drive;
    }

    /// One that this server may write.
    ///
    /// @throws ServingException if this release cannot read it, or does not know all that goes on in it
    static Drive writable(RolloutRecord record) {
        StateShape.refuseNewer(record.state());
        return of(record);
    }

    /// The same as somebody has written it: another server, or this one without being told. What this server
    /// counted and is not recorded is counted again.
    ///
    /// @throws ServingException as [#writable] does
    Drive reread(RolloutRecord written) {
        Drive next = writable(written);
        next.since = since;
        next.outbox = outbox;
        long mine = outbox == null ? 0 : next.state.sources().getOrDefault(outbox.source(), 0L);
        if (since != null) {
            since.again(attempts.recorded(mine));
        }
        if (outbox != null) {
            outbox.recorded(mine);
        }
        next.elsewhere = elsewhere;
        next.standing = standing;
        next.faults = faults;
        next.leftOut = leftOut;
        next.warned.addAll(warned);
        next.recordedSources = recordedSources;
        next.dropped = dropped;
        next.talliesMillis = talliesMillis;
        next.held.addAll(held);
        next.order = order;
        next.retryMillis = retryMillis;
        next.refusedMillis = refusedMillis;
        next.waitsFor = waitsFor;
        return next;
    }

    /// As it is now: what becomes of this does not change it.
    Drive copy() {
        Drive copy = new Drive(asked, unknown, record, state);
        copy.said = said;
        Since mine = since;
        copy.since = mine == null ? null : mine.copy();
        return copy;
    }

    /// The state as this server tries to record it: with a number that says so.
    ///
    /// @param told of, once it is recorded
    RolloutState attempted(RolloutState next, Outbox mine, List<Notice> told) {
        long number = mine.attempt();
        attempts.add(number, since == null ? null : since.mark(), told);
        return next.countedBy(mine.source(), number);
    }

    /// What this server is to tell of, as it has recorded that, which is seen now and was not known.
    List<Notice> untold(RolloutState recorded) {
        return outbox == null ? List.of() : attempts.events(recorded.sources().getOrDefault(outbox.source(), 0L));
    }

    /// It is there, whether it is recorded or not.
    void goOn(RolloutMachine.Tick tick) {
        state = tick.state();
        faults.tell(record.id(), state.judged().faults());
        unwritten.addAll(tick.events());
        while (unwritten.size() > MOST_UNWRITTEN) {
            unwritten.removeFirst();
        }
    }

    /// That is recorded now.
    ///
    /// @param left for others to tell of
    /// @param upMillis of [Around#up]
    void written(RolloutRecord now, RolloutState as, List<Notice> left, long upMillis) {
        record = now;
        state = as;
        toTell = left;
        recordedSources = as.sources();
        unwritten.clear();
        keptMillis = upMillis;
        retryMillis = 0;
        unsure = false;
        if (since != null) {
            since.recorded();
        }
        attempts.clear();
        if (outbox != null) {
            outbox.recorded(as.sources().getOrDefault(outbox.source(), 0L));
        }
    }

    /// What gates said last: as the evidence of a state has it, else as the record does.
    List<GateReading> gates(RolloutState next) {
        List<GateReading> found = new ArrayList<>();
        for (MetricReading reading :
                next.judged().of(spec.candidates().getFirst().arm())) {
            boolean isGate = spec.metrics().stream()
                    .anyMatch(metric ->
                            metric instanceof MetricSpec.Gate && metric.name().equals(reading.metric()));
            if (isGate) {
                found.add(reading.said());
            }
        }
        return found.isEmpty() ? said : found;
    }

    /// See [Asked#defaults].
    List<String> defaults() {
        return asked.defaults();
    }

    /// The route as a state wants it.
    RouteSpec wanted(RolloutState as, RouteSpec route) {
        return RouteEdits.wanted(spec, asked.found(), as, route);
    }

    /// The route once it was inspected.
    RouteSpec inspected(RouteSpec route) {
        return RouteEdits.inspected(RouteEdits.givenBack(spec, asked.found(), route));
    }

    /// The record with this state.
    ///
    /// @param left for others to tell of
    RolloutRecord with(RolloutState next, String owner, List<Notice> left) {
        return new RolloutRecord(
                record.id(),
                record.route(),
                record.revision(),
                record.ticks(),
                RolloutJson.phase(next.phase()),
                owner,
                record.spec(),
                stateJson(next, left),
                record.changed());
    }

    /// @param left for others to tell of
    String stateJson(RolloutState next, List<Notice> left) {
        return StateJson.write(next, gates(next), left, unknown);
    }

    List<Notice> notices(List<RolloutEvent> events) {
        return events.stream().map(event -> Notice.of(event, record.id(), spec)).toList();
    }

    /// How it dealt, for whoever is told what is said of answers.
    ArmDeals told(Dealt dealt) {
        return dealt.told(record.id(), begunMillis(), spec.rewards());
    }

    /// A record of an earlier release has not the time when it began, but one that is not before it.
    long begunMillis() {
        return asked.begunMillis() > 0 ? asked.begunMillis() : state.startedMillis();
    }

    /// What others left to be told of, and that.
    List<Notice> toTell(List<Notice> news) {
        List<Notice> all = new ArrayList<>(toTell);
        all.addAll(news);
        return List.copyOf(all);
    }

    /// The last ones of it, if it is left to another server that may be away for long.
    static List<Notice> left(List<Notice> toTell) {
        return toTell.subList(Math.max(0, toTell.size() - MOST_TO_TELL), toTell.size());
    }

    RolloutView view() {
        String waits = waitsFor.isEmpty() ? Waiting.of(spec, state) : waitsFor;
        String standard = defaults().isEmpty() ? "" : defaults().getLast();
        return new RolloutView(record.id(), spec, standard, state, record.owner(), changed(), waits);
    }

    private Instant changed() {
        return record.changed();
    }
}
