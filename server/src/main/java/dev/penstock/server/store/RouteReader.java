package dev.penstock.server.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Reads routes and rollouts within one transaction.
final class RouteReader {
    private RouteReader() {}

    static List<RouteRecord> routes(Connection connection) throws SQLException {
        List<RouteRecord> routes = Sql.query(
                connection,
                "SELECT name, revision, generation, assignment, spec, changed, changed_by FROM routes",
                RouteReader::route);
        // Here rather than there: databases have their own ideas of what comes first.
        routes.sort(Comparator.comparing(RouteRecord::name));
        return routes;
    }

    static Optional<RouteRecord> route(Connection connection, String name) throws SQLException {
        return Sql.query(connection, """
                        SELECT name, revision, generation, assignment, spec, changed, changed_by FROM routes
                        WHERE name = ?""", RouteReader::route, name).stream().findFirst();
    }

    private static RouteRecord route(ResultSet row) throws SQLException {
        return new RouteRecord(
                row.getString("name"),
                row.getLong("revision"),
                row.getLong("generation"),
                row.getLong("assignment"),
                row.getString("spec"),
                Instant.parse(row.getString("changed")),
                row.getString("changed_by"));
    }

    static List<RolloutRecord> rollouts(Connection connection) throws SQLException {
        return sorted(Sql.query(
                connection,
                "SELECT id, route, revision, ticks, phase, owner, spec, state, changed FROM rollouts",
                RouteReader::rollout));
    }

    static List<RolloutRecord> rolloutsOf(Connection connection, String route) throws SQLException {
        return sorted(Sql.query(connection, """
                        SELECT id, route, revision, ticks, phase, owner, spec, state, changed FROM rollouts
                        WHERE route = ?""", RouteReader::rollout, route));
    }

    static List<RolloutRecord> rolloutsNaming(Connection connection, String text) throws SQLException {
        String exact = text.replace("!", "!!").replace("%", "!%").replace("_", "!_");
        return sorted(Sql.query(connection, """
                        SELECT id, route, revision, ticks, phase, owner, spec, state, changed FROM rollouts
                        WHERE spec LIKE ? ESCAPE '!'""", RouteReader::rollout, "%" + exact + "%"));
    }

    private static List<RolloutRecord> sorted(List<RolloutRecord> rollouts) {
        rollouts.sort(Comparator.comparing(RolloutRecord::id));
        return rollouts;
    }

    static Optional<RolloutRecord> rollout(Connection connection, String id) throws SQLException {
        return Sql.query(connection, """
                        SELECT id, route, revision, ticks, phase, owner, spec, state, changed FROM rollouts
                        WHERE id = ?""", RouteReader::rollout, id).stream().findFirst();
    }

    /// The ids of those that are not over, by route.
    static Map<String, String> running(Connection connection) throws SQLException {
        Map<String, String> running = new TreeMap<>();
        Sql.query(
                        connection,
                        "SELECT id, route FROM rollouts WHERE phase NOT IN ('completed', 'rolled-back')",
                        row -> Map.entry(row.getString("route"), row.getString("id")))
                .forEach(each -> running.put(each.getKey(), each.getValue()));
        return running;
    }

    private static RolloutRecord rollout(ResultSet row) throws SQLException {
        return new RolloutRecord(
                row.getString("id"),
                row.getString("route"),
                row.getLong("revision"),
                row.getLong("ticks"),
                row.getString("phase"),
                row.getString("owner"),
                row.getString("spec"),
                row.getString("state"),
                Instant.parse(row.getString("changed")));
    }

    static List<RolloutEventRecord> events(Connection connection, String rollout, long after, int limit)
            throws SQLException {
        return Sql.query(
                connection,
                "SELECT rollout, seq, at, event FROM rollout_events WHERE rollout = ? AND seq > ? ORDER BY seq LIMIT ?",
                row -> new RolloutEventRecord(
                        row.getString("rollout"),
                        row.getLong("seq"),
                        Instant.parse(row.getString("at")),
                        row.getString("event")),
                rollout,
                after,
                limit);
    }

    /// The revision of the last change of any rollout; 0 if there is none.
    static long lastRollout(Connection connection) throws SQLException {
        return Sql.number(connection, "SELECT coalesce(max(revision), 0) FROM rollouts");
    }
}
