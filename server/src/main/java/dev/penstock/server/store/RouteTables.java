package dev.penstock.server.store;

import dev.penstock.server.store.StoreException.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
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
            RouteRecord after = RouteWriter.put(connection, next, act);
            return announced(connection, after, List.of(after.revision()));
        }));
    }

    @Override
    public long delete(String name, long revision, Act act) {
        return written(database.write(connection -> {
            RecordWriter writer = new RecordWriter(connection);
            long next = writer.nextRevision();
            Optional<RouteRecord> before = RouteReader.route(connection, name);
            RouteWriter.checkCurrent(before, name, revision);
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
                RouteRecord after = RouteWriter.put(connection, route.get(), act);
                revisions.add(after.revision());
                routed = Optional.of(after);
            }
            RolloutRecord after = RouteWriter.change(connection, next, act);
            revisions.add(after.revision());
            RouteWriter.add(connection, next.id(), events, act.at());
            if (after.isOver()) {
                TallyTable.dropAll(connection, after.id());
            }
            return announced(connection, new RolloutChange(after, routed), revisions);
        }));
    }

    @Override
    public List<RouteEdit> changeAll(List<RouteEdit> edits, String who, Instant at) {
        return written(database.write(connection -> {
            List<Long> revisions = new ArrayList<>();
            Map<String, RouteRecord> mine = new HashMap<>();
            List<RouteEdit> after = new ArrayList<>();
            for (RouteEdit edit : edits) {
                if (edit.isUnchanged()) {
                    RouteWriter.check(connection, edit.route());
                    continue;
                }
                RouteEdit done = RouteWriter.edit(
                        connection, edit.on(mine.get(edit.route().name())), who, at);
                mine.put(done.route().name(), done.route());
                revisions.add(done.route().revision());
                done.rollout().ifPresent(rollout -> revisions.add(rollout.revision()));
                after.add(done);
            }
            return announced(connection, List.copyOf(after), revisions);
        }));
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
                throw RouteWriter.stale(after, next);
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
            RouteWriter.add(connection, next.id(), events, at);
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
}
