package dev.penstock.server.store;

import dev.penstock.server.store.StoreException.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Writes routes and rollouts with their audit entries, inside of a transaction that somebody else has begun.
final class RouteWriter {
    /// In an event that a bandit dealt new shares.
    private static final String REPEATED = "\"kind\":\"reweighted\"";

    /// Of one rollout.
    private static final int MOST_REPEATED = 100;

    private RouteWriter() {}

    /// @return as it is recorded now
    static RouteEdit edit(Connection connection, RouteEdit edit, String who, Instant at) throws SQLException {
        Act act = new Act(who, edit.action(), edit.detail(), at);
        RouteRecord route = put(connection, edit.route(), act);
        if (edit.rollout().isEmpty()) {
            return edit.with(route, Optional.empty());
        }
        return edit.with(route, Optional.of(change(connection, edit.rollout().get(), act)));
    }

    /// That a route is still as it was read.
    static void check(Connection connection, RouteRecord read) throws SQLException {
        checkCurrent(RouteReader.route(connection, read.name()), read.name(), read.revision());
    }

    static RouteRecord put(Connection connection, RouteRecord next, Act act) throws SQLException {
        checkNamed("route", next.name());
        RecordWriter writer = new RecordWriter(connection);
        long revision = writer.nextRevision();
        Optional<RouteRecord> before = RouteReader.route(connection, next.name());
        checkCurrent(before, next.name(), next.revision());
        ArmBonds.checkNamed(connection, before, next);
        long generation = before.map(RouteRecord::generation).orElse(0L) + 1;
        RouteRecord after =
                new RouteRecord(next.name(), revision, generation, next.assignment(), next.spec(), act.at(), act.who());
        Sql.updateOne(
                connection,
                """
                INSERT INTO routes (name, revision, generation, assignment, spec, changed, changed_by)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (name) DO UPDATE
                SET revision = excluded.revision, generation = excluded.generation, assignment = excluded.assignment,
                spec = excluded.spec, changed = excluded.changed, changed_by = excluded.changed_by""",
                after.name(),
                after.revision(),
                after.generation(),
                after.assignment(),
                after.spec(),
                after.changed().toString(),
                after.by());
        log(
                connection,
                new AuditEntry(
                        revision,
                        "routes/" + after.name(),
                        act,
                        before.map(RecordJson::of).orElse(""),
                        RecordJson.of(after)));
        return after;
    }

    static RolloutRecord change(Connection connection, RolloutRecord next, Act act) throws SQLException {
        checkNamed("rollout", next.id());
        RecordWriter writer = new RecordWriter(connection);
        long revision = writer.nextRevision();
        Optional<RolloutRecord> before = RouteReader.rollout(connection, next.id());
        checkCurrent(before, next);
        if (before.isEmpty()) {
            checkAlone(connection, next);
        } else {
            PromotionBonds.checkNotMoved(connection, before.get(), next);
        }
        RolloutRecord after = new RolloutRecord(
                next.id(),
                next.route(),
                revision,
                next.ticks() + 1,
                next.phase(),
                next.owner(),
                next.spec(),
                next.state(),
                act.at());
        Sql.updateOne(
                connection,
                """
                INSERT INTO rollouts (id, route, revision, ticks, phase, owner, spec, state, changed)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE
                SET route = excluded.route, revision = excluded.revision, ticks = excluded.ticks,
                phase = excluded.phase, owner = excluded.owner, spec = excluded.spec, state = excluded.state,
                changed = excluded.changed""",
                after.id(),
                after.route(),
                after.revision(),
                after.ticks(),
                after.phase(),
                after.owner(),
                after.spec(),
                after.state(),
                after.changed().toString());
        log(
                connection,
                new AuditEntry(
                        revision,
                        "rollouts/" + after.id(),
                        act,
                        before.map(RecordJson::of).orElse(""),
                        RecordJson.of(after)));
        return after;
    }

    /// What a bandit does again and again is told once an hour; each time is among the rollout's events.
    private static void log(Connection connection, AuditEntry entry) throws SQLException {
        if (!entry.act().action().equals(Act.REWEIGHTED) || !isTold(connection, entry)) {
            new RecordWriter(connection).log(entry);
        }
    }

    private static boolean isTold(Connection connection, AuditEntry entry) throws SQLException {
        String hour = entry.act().at().toString().substring(0, "2026-01-31T12".length());
        return Sql.number(
                        connection,
                        "SELECT count(*) FROM audit WHERE model = ? AND action = ? AND who = ? AND at LIKE ?",
                        entry.model(),
                        Act.REWEIGHTED,
                        entry.act().who(),
                        hour + "%")
                > 0;
    }

    static void add(Connection connection, String rollout, List<String> events, Instant at) throws SQLException {
        if (events.isEmpty()) {
            return;
        }
        long seq =
                Sql.number(connection, "SELECT coalesce(max(seq), 0) FROM rollout_events WHERE rollout = ?", rollout);
        for (String event : events) {
            seq++;
            Sql.updateOne(
                    connection,
                    "INSERT INTO rollout_events (rollout, seq, at, event) VALUES (?, ?, ?, ?)",
                    rollout,
                    seq,
                    at.toString(),
                    event);
        }
        if (events.stream().anyMatch(event -> event.contains(REPEATED))) {
            forgetOldest(connection, rollout);
        }
    }

    /// Of what happens again and again the last times are kept.
    private static void forgetOldest(Connection connection, String rollout) throws SQLException {
        int _ = Sql.update(
                connection, """
                DELETE FROM rollout_events WHERE rollout = ? AND event LIKE ? AND seq <= (
                    SELECT seq FROM rollout_events WHERE rollout = ? AND event LIKE ?
                    ORDER BY seq DESC LIMIT 1 OFFSET ?)""", rollout, "%" + REPEATED + "%", rollout, "%" + REPEATED + "%", MOST_REPEATED);
    }

    private static void checkNamed(String what, String name) {
        if (name.isEmpty()) {
            throw new StoreException(Reason.REFUSED, what + " '' (expected: a name)");
        }
    }

    static void checkCurrent(Optional<RouteRecord> before, String name, long revision) {
        long current = before.map(RouteRecord::revision).orElse(0L);
        if (current != revision) {
            throw new StoreException(
                    Reason.STALE,
                    "route '%s': somebody else changed it meanwhile (revision %d, expected: %d)"
                            .formatted(name, current, revision));
        }
    }

    /// Writers come here one after another, wherever they are.
    private static void checkAlone(Connection connection, RolloutRecord next) throws SQLException {
        if (next.isOver()) {
            return;
        }
        Map<String, String> running = RouteReader.running(connection);
        String here = running.get(next.route());
        if (here != null) {
            throw new StoreException(
                    Reason.STALE,
                    "route '%s': rollout '%s' is under way (expected: none; abort it, or wait until it is over)"
                            .formatted(next.route(), here));
        }
        String alias = ComparedAlias.of(connection, next.route());
        for (Map.Entry<String, String> other : running.entrySet()) {
            if (!alias.isEmpty() && ComparedAlias.of(connection, other.getKey()).equals(alias)) {
                throw new StoreException(
                        Reason.STALE,
                        "route '%s': its default arm is %s, which rollout '%s' of route '%s' compares with, too (expected: one rollout of both at a time)"
                                .formatted(next.route(), alias, other.getValue(), other.getKey()));
            }
        }
    }

    private static void checkCurrent(Optional<RolloutRecord> before, RolloutRecord next) {
        long ticks = before.map(RolloutRecord::ticks).orElse(0L);
        if (ticks != next.ticks()) {
            throw stale(before, next);
        }
    }

    static StoreException stale(Optional<RolloutRecord> now, RolloutRecord next) {
        return new StoreException(
                Reason.STALE,
                "rollout '%s': somebody else wrote it meanwhile (tick %d, expected: %d)"
                        .formatted(next.id(), now.map(RolloutRecord::ticks).orElse(0L), next.ticks()));
    }
}
