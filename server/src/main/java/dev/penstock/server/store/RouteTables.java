package dev.penstock.server.store;

import dev.penstock.server.store.StoreException.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Routes and rollouts in the tables of either back end.
final class RouteTables implements RouteStore {
    private final Database database;

    RouteTables(Database database) {
        this.database = database;
    }

    /// What a transaction wrote.
    ///
    /// @param revisions that it took, ascending
    private record Written<T>(T what, List<Long> revisions) {}

    @Override
    public List<RouteRecord> routes() {
        return database.read(RouteReader::routes);
    }

    @Override
    public Optional<RouteRecord> route(String name) {
        return database.read(connection -> RouteReader.route(connection, name));
    }

    @Override
    public RouteRecord put(RouteRecord next, Act act) {
        return written(database.write(connection -> {
            RouteRecord after = put(connection, next, act);
            return announced(connection, after, List.of(after.revision()));
        }));
    }

    private static RouteRecord put(Connection connection, RouteRecord next, Act act) throws SQLException {
        checkNamed("route", next.name());
        RecordWriter writer = new RecordWriter(connection);
        long revision = writer.nextRevision();
        Optional<RouteRecord> before = RouteReader.route(connection, next.name());
        checkCurrent(before, next.name(), next.revision());
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
        writer.log(new AuditEntry(
                revision,
                "routes/" + after.name(),
                act,
                before.map(RecordJson::of).orElse(""),
                RecordJson.of(after)));
        return after;
    }

    @Override
    public long delete(String name, long revision, Act act) {
        return written(database.write(connection -> {
            RecordWriter writer = new RecordWriter(connection);
            long next = writer.nextRevision();
            Optional<RouteRecord> before = RouteReader.route(connection, name);
            checkCurrent(before, name, revision);
            if (before.isEmpty()) {
                throw new StoreException(Reason.STALE, "route '%s' is not in the record".formatted(name));
            }
            Sql.updateOne(connection, "DELETE FROM routes WHERE name = ?", name);
            writer.log(new AuditEntry(next, "routes/" + name, act, RecordJson.of(before.get()), ""));
            return announced(connection, next, List.of(next));
        }));
    }

    @Override
    public List<RolloutRecord> rollouts() {
        return database.read(RouteReader::rollouts);
    }

    @Override
    public List<RolloutRecord> rolloutsOf(String route) {
        return database.read(connection -> RouteReader.rolloutsOf(connection, route));
    }

    @Override
    public List<RolloutRecord> rolloutsNaming(String text) {
        return database.read(connection -> RouteReader.rolloutsNaming(connection, text));
    }

    @Override
    public Optional<RolloutRecord> rollout(String id) {
        return database.read(connection -> RouteReader.rollout(connection, id));
    }

    @Override
    public Map<String, String> running() {
        return database.read(RouteReader::running);
    }

    @Override
    public RolloutChange change(RolloutRecord next, List<String> events, Optional<RouteRecord> route, Act act) {
        return written(database.write(connection -> {
            List<Long> revisions = new ArrayList<>();
            Optional<RouteRecord> routed = Optional.empty();
            if (route.isPresent()) {
                RouteRecord after = put(connection, route.get(), act);
                revisions.add(after.revision());
                routed = Optional.of(after);
            }
            RolloutRecord after = change(connection, next, act);
            revisions.add(after.revision());
            add(connection, next.id(), events, act.at());
            if (after.isOver()) {
                TallyTable.dropAll(connection, after.id());
            }
            return announced(connection, new RolloutChange(after, routed), revisions);
        }));
    }

    private static RolloutRecord change(Connection connection, RolloutRecord next, Act act) throws SQLException {
        checkNamed("rollout", next.id());
        RecordWriter writer = new RecordWriter(connection);
        long revision = writer.nextRevision();
        Optional<RolloutRecord> before = RouteReader.rollout(connection, next.id());
        checkCurrent(before, next);
        if (before.isEmpty()) {
            checkAlone(connection, next);
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
        writer.log(new AuditEntry(
                revision,
                "rollouts/" + after.id(),
                act,
                before.map(RecordJson::of).orElse(""),
                RecordJson.of(after)));
        return after;
    }

    @Override
    public RolloutRecord keep(RolloutRecord next, List<String> events, Instant at) {
        return database.write(connection -> {
            int rows =
                    Sql.update(connection, """
                    UPDATE rollouts SET ticks = ticks + 1, state = ?, changed = ?
                    WHERE id = ? AND ticks = ? AND revision = ?""", next.state(), at.toString(), next.id(), next.ticks(), next.revision());
            Optional<RolloutRecord> after = RouteReader.rollout(connection, next.id());
            if (rows != 1) {
                throw stale(after, next);
            }
            RolloutRecord kept = after.orElseThrow();
            if (!kept.equals(new RolloutRecord(
                    next.id(),
                    next.route(),
                    next.revision(),
                    next.ticks() + 1,
                    next.phase(),
                    next.owner(),
                    next.spec(),
                    next.state(),
                    at))) {
                throw new StoreException(
                        Reason.REFUSED, "rollout '%s': more than its state would change".formatted(next.id()));
            }
            add(connection, next.id(), events, at);
            return kept;
        });
    }

    @Override
    public long forget(String rollout, Act act) {
        return written(database.write(connection -> {
            RecordWriter writer = new RecordWriter(connection);
            long next = writer.nextRevision();
            RolloutRecord before = RouteReader.rollout(connection, rollout)
                    .filter(RolloutRecord::isOver)
                    .orElseThrow(() -> new StoreException(
                            Reason.STALE, "rollout '%s' is not in the record, or not over".formatted(rollout)));
            int _ = Sql.update(connection, "DELETE FROM rollout_events WHERE rollout = ?", rollout);
            TallyTable.dropAll(connection, rollout);
            Sql.updateOne(connection, "DELETE FROM rollouts WHERE id = ?", rollout);
            writer.log(new AuditEntry(next, "rollouts/" + rollout, act, RecordJson.ofAny(before), ""));
            return announced(connection, next, List.of(next));
        }));
    }

    private static void add(Connection connection, String rollout, List<String> events, Instant at)
            throws SQLException {
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
    }

    @Override
    public List<RolloutEventRecord> events(String rollout, long after, int limit) {
        return database.read(connection -> RouteReader.events(connection, rollout, after, limit));
    }

    @Override
    public boolean add(RolloutTallyRecord tally) {
        return database.write(connection -> TallyTable.add(connection, tally));
    }

    @Override
    public List<RolloutTallyRecord> tallies(String rollout) {
        return database.read(connection -> TallyTable.all(connection, rollout));
    }

    @Override
    public void drop(String rollout, Map<String, Long> upTo) {
        boolean _ = database.write(connection -> {
            TallyTable.drop(connection, rollout, upTo);
            return true;
        });
    }

    private <T> Written<T> announced(Connection connection, T what, List<Long> revisions) throws SQLException {
        database.announce(connection, revisions.getLast());
        return new Written<>(what, revisions);
    }

    private <T> T written(Written<T> written) {
        written.revisions().forEach(database::wrote);
        return written.what();
    }

    private static void checkNamed(String what, String name) {
        if (name.isEmpty()) {
            throw new StoreException(Reason.REFUSED, what + " '' (expected: a name)");
        }
    }

    private static void checkCurrent(Optional<RouteRecord> before, String name, long revision) {
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
        String running = RouteReader.running(connection).get(next.route());
        if (running != null && !next.isOver()) {
            throw new StoreException(
                    Reason.STALE,
                    "route '%s': rollout '%s' is under way (expected: none; abort it, or wait until it is over)"
                            .formatted(next.route(), running));
        }
    }

    private static void checkCurrent(Optional<RolloutRecord> before, RolloutRecord next) {
        long ticks = before.map(RolloutRecord::ticks).orElse(0L);
        if (ticks != next.ticks()) {
            throw stale(before, next);
        }
    }

    private static StoreException stale(Optional<RolloutRecord> now, RolloutRecord next) {
        return new StoreException(
                Reason.STALE,
                "rollout '%s': somebody else wrote it meanwhile (tick %d, expected: %d)"
                        .formatted(next.id(), now.map(RolloutRecord::ticks).orElse(0L), next.ticks()));
    }
}
