package dev.penstock.server.store;

import dev.penstock.server.store.StoreException.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/// Writes changes within one transaction, which begins with [#nextRevision].
final class RecordWriter {
    private final Connection connection;

    RecordWriter(Connection connection) {
        this.connection = connection;
    }

    /// The next number of the whole record. Other writers wait from here until the transaction ends, so numbers
    /// become visible in their order, without a gap.
    long nextRevision() throws SQLException {
        Sql.updateOne(connection, "UPDATE store_state SET revision = revision + 1 WHERE id = 1");
        return Sql.number(connection, "SELECT revision FROM store_state WHERE id = 1");
    }

    void apply(ModelRecord after, RecordChange change) throws SQLException {
        String model = after.name();
        Sql.updateOne(connection, """
                INSERT INTO models (name, revision, policy, config) VALUES (?, ?, ?, ?)
                ON CONFLICT (name) DO UPDATE
                SET revision = excluded.revision, policy = excluded.policy, config = excluded.config""", model, after.revision(), after.policy(), after.config());
        for (long number : change.removed()) {
            Sql.updateOne(connection, "DELETE FROM versions WHERE model = ? AND number = ?", model, number);
            BaselineTables.forget(connection, model, number);
            CountTables.forget(connection, model, number);
        }
        for (VersionRecord version : change.added()) {
            add(model, version);
        }
        for (VersionRecord version : change.judged()) {
            judge(model, version);
        }
        for (String alias : change.dropped()) {
            Sql.updateOne(connection, "DELETE FROM aliases WHERE model = ? AND name = ?", model, alias);
        }
        for (AliasRecord alias : change.moved()) {
            move(model, alias);
        }
    }

    void forget(String model) throws SQLException {
        Sql.updateOne(connection, "DELETE FROM models WHERE name = ?", model);
        BaselineTables.forget(connection, model);
        CountTables.forget(connection, model);
    }

    /// Says something about a model that changes nothing of it.
    ///
    /// @return the next revision, see [#nextRevision]
    long note(String model, Act act) throws SQLException {
        long next = nextRevision();
        String now = RecordReader.model(connection, model).map(RecordJson::of).orElse("");
        log(new AuditEntry(next, model, act, now, now));
        return next;
    }

    void log(AuditEntry entry) throws SQLException {
        Act act = entry.act();
        Sql.updateOne(
                connection,
                """
                INSERT INTO audit (id, model, who, action, detail, at, before_json, after_json)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
                entry.id(),
                entry.model(),
                act.who(),
                act.action(),
                act.detail(),
                act.at().toString(),
                entry.before(),
                entry.after());
    }

    private void add(String model, VersionRecord version) throws SQLException {
        long number = version.number();
        String digest = version.digest();
        useNumber(model, number, digest);
        for (StoredFile file : version.files()) {
            Sql.updateOne(
                    connection,
                    "INSERT INTO version_files (model, number, path, sha256, bytes) VALUES (?, ?, ?, ?, ?)",
                    model,
                    number,
                    file.path(),
                    file.sha256(),
                    file.bytes());
        }
        Sql.updateOne(
                connection,
                """
                INSERT INTO versions
                (model, number, digest, source, registered, registered_by, lineage, signature, breaking, judge, wanted,
                    intent)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                model,
                number,
                digest,
                version.source(),
                version.registered().toString(),
                version.by(),
                RecordJson.of(version.lineage()),
                version.signature(),
                flag(version.breaking()),
                version.judge(),
                flag(version.wanted()),
                RecordJson.of(version.intent()));
        addGates(model, version);
    }

    private void useNumber(String model, long number, String digest) throws SQLException {
        Sql.update(
                connection,
                "INSERT INTO used_numbers (model, number, digest) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                model,
                number,
                digest);
        List<String> used = Sql.query(
                connection,
                "SELECT digest FROM used_numbers WHERE model = ? AND number = ?",
                row -> row.getString(1),
                model,
                number);
        if (!used.equals(List.of(digest))) {
            throw new StoreException(
                    Reason.REFUSED,
                    "model '%s': version %d was given to other bytes before (digest %s), even if it is deleted; given: %s"
                            .formatted(model, number, used.getFirst(), digest));
        }
    }

    private void judge(String model, VersionRecord version) throws SQLException {
        Sql.updateOne(
                connection,
                "UPDATE versions SET wanted = ?, judge = ?, intent = ? WHERE model = ? AND number = ?",
                flag(version.wanted()),
                version.judge(),
                RecordJson.of(version.intent()),
                model,
                version.number());
        Sql.update(connection, "DELETE FROM gate_results WHERE model = ? AND number = ?", model, version.number());
        addGates(model, version);
    }

    private void addGates(String model, VersionRecord version) throws SQLException {
        int position = 0;
        for (GateRecord gate : version.gates()) {
            Sql.updateOne(
                    connection,
                    """
                    INSERT INTO gate_results (model, number, position, gate, verdict, detail)
                    VALUES (?, ?, ?, ?, ?, ?)""",
                    model,
                    version.number(),
                    position++,
                    gate.gate(),
                    gate.verdict().name(),
                    gate.detail());
        }
    }

    private void move(String model, AliasRecord alias) throws SQLException {
        Sql.updateOne(
                connection,
                """
                INSERT INTO aliases (model, name, version, previous, moved, moved_by) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (model, name) DO UPDATE
                SET version = excluded.version, previous = excluded.previous, moved = excluded.moved,
                moved_by = excluded.moved_by""",
                model,
                alias.name(),
                alias.version(),
                alias.previous(),
                alias.moved().toString(),
                alias.by());
    }

    private static int flag(boolean set) {
        return set ? 1 : 0;
    }
}
