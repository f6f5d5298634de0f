package dev.penstock.server.rollout;

import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.Observation;
import dev.penstock.router.rollout.RolloutState;
import dev.penstock.router.rollout.Tally;
import dev.penstock.router.split.RouteSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Brings what servers count of a rollout together: to the one that drives it, once. Its owner's lock is held.
final class Counting {
    /// Nothing is read or written for so long after that failed: who waits for a record that does not answer
    /// judges nobody.
    private static final Duration REST = Duration.ofSeconds(5);

    private final Around around;
    private final Watch watch;
    private final Tallies tallies;
    private final RecordRest rest;

    Counting(Around around, Watch watch, RecordRest rest) {
        this.around = around;
        this.watch = watch;
        this.rest = rest;
        this.tallies = new Tallies(around.records());
    }

    /// With what other servers counted.
    RolloutState counted(Drive drive, long now) {
        List<Tally> others = new ArrayList<>(drive.inbox);
        drive.inbox = List.of();
        // What it counted itself while another server drove it, and could not bring there.
        others.addAll(outbox(drive).all());
        return drive.state.plus(drive.spec, others, now).countedBy(outbox(drive).source(), 0);
    }

    Since since(Drive drive) {
        Since since = drive.since;
        if (since == null) {
            // Answers of before this server was there are spoken of as well.
            Dealt recorded = Dealt.recorded(drive.state.epochs());
            around.sight().dealt(drive.spec.route(), drive.told(recorded));
            since = new Since(around.sight(), drive.spec.route(), recorded);
            drive.since = since;
        }
        return since;
    }

    Outbox outbox(Drive drive) {
        Outbox outbox = drive.outbox;
        if (outbox == null) {
            outbox = new Outbox(around.server() + "/" + around.ids().get());
            drive.outbox = outbox;
        }
        return outbox;
    }

    /// What is counted here is on its way to who drives it.
    void countOnly(Drive drive, RouteSpec routed, long now) {
        Since since = since(drive);
        Observation seen = watch.countOnly(drive, since, routed);
        long up = around.up().millis();
        outbox(drive).count(drive.spec, drive.state, seen, up, now);
        since.recorded();
        drive.standing.seen(watch.here(drive, routed), up);
    }

    /// Before a tick: what other servers counted. Without the record, what is known is judged.
    void receive(Drive drive) {
        long up = around.up().millis();
        boolean due = rest.mayRead() && up >= drive.talliesMillis;
        if (!around.drives(drive.record) || drive.state.phase().isOver() || !due) {
            return;
        }
        try {
            Tallies.Found found = tallies.read(drive.record.id());
            drive.inbox = found.tallies();
            hear(drive, found, up);
            drive.leftOut = Tallies.leftOut(drive.state, found);
            Tallies.warn(drive.record.id(), drive.state, found, drive.warned);
        } catch (ServingException e) {
            rest.readFailed(e);
            drive.talliesMillis = around.up().millis() + REST.toMillis();
        }
    }

    /// But what it said itself while it did not drive it.
    private void hear(Drive drive, Tallies.Found found, long up) {
        String mine = standing(drive);
        found.said().stream()
                .filter(said -> !said.source().equals(mine))
                .forEach(said -> drive.elsewhere.heard(said.source(), said.number(), said.standing(), up));
    }

    private String standing(Drive drive) {
        return outbox(drive).source() + "/standing";
    }

    /// After a tick: what this server counted for another one that drives it, and what was added up and is
    /// recorded.
    void send(Drive drive) {
        long up = around.up().millis();
        if (drive.state.phase().isOver() || !rest.mayWrite() || up < drive.talliesMillis) {
            return;
        }
        try {
            if (!around.drives(drive.record)) {
                say(drive, up);
                send(drive.record.id(), outbox(drive));
            }
            Map<String, Long> done = new HashMap<>(drive.recordedSources);
            drive.leftOut.forEach((source, number) -> done.merge(source, number, Math::max));
            tallies.drop(drive.record.id(), done, drive.dropped);
            drive.dropped = done;
        } catch (ServingException e) {
            rest.writeFailed(e);
            drive.talliesMillis = around.up().millis() + REST.toMillis();
        }
    }

    private void say(Drive drive, long up) {
        StandingNews news = drive.standing;
        if (news.isDue(up)) {
            Standing standing = new Standing(around.server(), news.now());
            Tallies.Said said = new Tallies.Said(standing(drive), news.next(), standing);
            if (tallies.say(drive.record.id(), said)) {
                news.said(up);
            }
        }
    }

    private void send(String rollout, Outbox outbox) {
        Tally next = outbox.next();
        if (next != null && tallies.send(rollout, next)) {
            outbox.sent(next);
        }
    }
}
