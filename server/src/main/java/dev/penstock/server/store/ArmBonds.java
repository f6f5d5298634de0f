package dev.penstock.server.store;

import dev.penstock.server.store.StoreException.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Keeps arms of routes and what they stand for together: who names it and who takes it away come here one
/// after another, inside of transactions that have begun with [RecordWriter#nextRevision]. Whoever looked
/// before may have seen what is gone since.
final class ArmBonds {
    private ArmBonds() {}

    /// Refuses a route with arms that stand for what was taken away. Only of what it did not name before:
    /// nobody takes away what is named. Models without recorded versions, such as those of a repository, are
    /// not looked at.
    static void checkNamed(Connection connection, Optional<RouteRecord> before, RouteRecord next) throws SQLException {
        List<RecordedArm> known =
                before.map(route -> RecordedArm.of(route.spec())).orElse(List.of());
        List<String> wrong = new ArrayList<>();
        for (RecordedArm arm : RecordedArm.of(next.spec())) {
            boolean named = known.stream().anyMatch(arm::isKnownBy);
            String problem = named || !isRecorded(connection, arm.model()) ? "" : problem(connection, arm);
            if (!problem.isEmpty()) {
                wrong.add("arm '%s': %s %s".formatted(arm.name(), arm.target(), problem));
            }
        }
        if (!wrong.isEmpty()) {
            throw new StoreException(
                    Reason.UNMET,
                    "route '%s': %s (expected: arms that stand for what is there)"
                            .formatted(next.name(), String.join("; ", wrong)));
        }
    }

    private static boolean isRecorded(Connection connection, String model) throws SQLException {
        return Sql.number(connection, "SELECT count(*) FROM versions WHERE model = ?", model) > 0;
    }

    private static String problem(Connection connection, RecordedArm arm) throws SQLException {
        if (!arm.alias().isEmpty()) {
            boolean there = Sql.number(
                            connection,
                            "SELECT count(*) FROM aliases WHERE model = ? AND name = ?",
                            arm.model(),
                            arm.alias())
                    > 0;
            return there ? "" : "is no alias any more";
        }
        return arm.isOpen() ? openProblem(connection, arm) : versionProblem(connection, arm);
    }

    private static String openProblem(Connection connection, RecordedArm arm) throws SQLException {
        long able = Sql.number(connection, """
                SELECT count(*) FROM versions v WHERE v.model = ? AND v.wanted = 1 AND NOT EXISTS (
                    SELECT 1 FROM gate_results g
                    WHERE g.model = v.model AND g.number = v.number AND g.verdict = 'FAILED')""", arm.model());
        return able > 0 || !arm.takesPart() ? "" : "has no version that may serve any more";
    }

    /// One that was never registered is a repository's, whose folder hides the model of its name.
    private static String versionProblem(Connection connection, RecordedArm arm) throws SQLException {
        List<Integer> wanted = Sql.query(
                connection,
                "SELECT wanted FROM versions WHERE model = ? AND number = ?",
                row -> row.getInt(1),
                arm.model(),
                arm.version());
        if (!wanted.isEmpty()) {
            return wanted.getFirst() == 1 || !arm.takesPart() ? "" : "is taken out of service";
        }
        boolean wasThere = Sql.number(
                        connection,
                        "SELECT count(*) FROM used_numbers WHERE model = ? AND number = ?",
                        arm.model(),
                        arm.version())
                > 0;
        return wasThere ? "is deleted" : "";
    }

    /// Refuses to take away, or out of service, what an arm stands for.
    ///
    /// @param before the model as it is recorded
    /// @param after as it is to be
    static void checkTaken(Connection connection, ModelRecord before, ModelRecord after) throws SQLException {
        Set<Long> taken = new HashSet<>();
        before.versions().forEach((number, version) -> {
            VersionRecord left = after.versions().get(number);
            if (left == null || (version.wanted() && !left.wanted())) {
                taken.add(number);
            }
        });
        Set<String> dropped = new HashSet<>(before.aliases().keySet());
        dropped.removeAll(after.aliases().keySet());
        if (taken.isEmpty() && dropped.isEmpty()) {
            return;
        }
        boolean last = !taken.isEmpty() && after.versions().values().stream().noneMatch(ArmBonds::mayServe);
        checkFree(
                connection,
                after.name(),
                arm -> taken.contains(arm.version()) || dropped.contains(arm.alias()) || (last && arm.isOpen()));
    }

    /// Refuses to forget a model that an arm stands for.
    static void checkForgotten(Connection connection, String model) throws SQLException {
        checkFree(connection, model, _ -> true);
    }

    private static boolean mayServe(VersionRecord version) {
        return version.wanted()
                && version.gates().stream().noneMatch(gate -> gate.verdict() == GateRecord.Verdict.FAILED);
    }

    private static void checkFree(Connection connection, String model, Predicate<RecordedArm> taken)
            throws SQLException {
        List<String> arms = new ArrayList<>();
        for (RouteRecord route : RouteReader.routes(connection)) {
            for (RecordedArm arm : RecordedArm.of(route.spec())) {
                if (arm.model().equals(model) && taken.test(arm)) {
                    arms.add("arm '%s' of route '%s' (%s)".formatted(arm.name(), route.name(), arm.target()));
                }
            }
        }
        if (!arms.isEmpty()) {
            throw new StoreException(
                    Reason.UNMET,
                    "model '%s': %s stands for it (expected: no arm; give the route other arms, or take it away, first)"
                            .formatted(model, String.join(", ", arms)));
        }
    }
}
