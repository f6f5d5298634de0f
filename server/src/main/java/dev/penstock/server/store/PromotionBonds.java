package dev.penstock.server.store;

import dev.penstock.server.store.StoreException.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Keeps a rollout that promotes somebody and the alias that it moves together: who moves it and who takes the
/// promotion back come here one after another, inside of transactions that have begun with
/// [RecordWriter#nextRevision]. Whoever looked before may have seen what is not so any more.
final class PromotionBonds {
    private static final String PROMOTING = "promoting";

    /// In which the alias stays where it was moved.
    private static final Set<String> PROMOTED = Set.of(PROMOTING, "completed");

    private PromotionBonds() {}

    /// Refuses to move an alias for a rollout that promotes nobody by now.
    ///
    /// @param rollout its id; "" if it is moved for none
    static void checkPromoting(Connection connection, String rollout) throws SQLException {
        if (rollout.isEmpty()) {
            return;
        }
        Optional<RolloutRecord> now = RouteReader.rollout(connection, rollout);
        if (now.filter(record -> record.phase().equals(PROMOTING)).isEmpty()) {
            throw new StoreException(
                    Reason.STALE,
                    "rollout '%s': it promotes nobody by now (phase '%s', expected: %s)"
                            .formatted(rollout, now.map(RolloutRecord::phase).orElse(""), PROMOTING));
        }
    }

    /// Refuses to take a promotion back once its alias is moved.
    static void checkNotMoved(Connection connection, RolloutRecord before, RolloutRecord next) throws SQLException {
        if (!before.phase().equals(PROMOTING) || PROMOTED.contains(next.phase())) {
            return;
        }
        String alias = ComparedAlias.of(connection, before.route());
        String promoted = promoted(before);
        if (!alias.isEmpty() && !promoted.isEmpty() && target(connection, alias).equals(promoted)) {
            throw new StoreException(
                    Reason.STALE,
                    "rollout '%s': alias %s was moved to %s meanwhile (expected: not yet)"
                            .formatted(before.id(), alias, promoted));
        }
    }

    /// As people write it, such as `fraud@8`; "" for nobody, or where that cannot be read.
    private static String promoted(RolloutRecord record) {
        try {
            String arm = JsonMapper.shared()
                    .readTree(record.state())
                    .path("promoted")
                    .asString("");
            JsonNode candidates =
                    JsonMapper.shared().readTree(record.spec()).path("spec").path("candidates");
            for (JsonNode candidate : candidates) {
                if (candidate.path("arm").asString("").equals(arm)) {
                    return candidate.path("version").asString("");
                }
            }
            return "";
        } catch (JacksonException _) {
            return "";
        }
    }

    /// @param alias such as `fraud@stable`
    /// @return what it stands for, such as `fraud@7`; "" if it is not there
    private static String target(Connection connection, String alias) throws SQLException {
        int at = alias.lastIndexOf('@');
        String model = alias.substring(0, at);
        List<Long> versions = Sql.query(
                connection,
                "SELECT version FROM aliases WHERE model = ? AND name = ?",
                row -> row.getLong(1),
                model,
                alias.substring(at + 1));
        return versions.isEmpty() ? "" : model + "@" + versions.getFirst();
    }
}
