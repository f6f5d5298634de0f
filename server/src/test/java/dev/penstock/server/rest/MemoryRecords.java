package dev.penstock.server.rest;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.admin.RegisterOrder;
import dev.penstock.server.store.Act;
import dev.penstock.server.store.AliasRecord;
import dev.penstock.server.store.AuditEntry;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.StoreFixtures;
import dev.penstock.server.store.VersionRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Records of models, and who changed them. Guarded by its user.
final class MemoryRecords {
    /// When everything happens.
    static final Instant NOW = Instant.parse("2026-11-21T10:20:30.5Z");

    private final SortedMap<String, ModelRecord> models = new TreeMap<>();
    private final List<AuditEntry> audit = new ArrayList<>();

    List<ModelRecord> all() {
        return List.copyOf(models.values());
    }

    @Nullable
    ModelRecord find(String model) {
        return models.get(model);
    }

    ModelRecord model(String model) {
        ModelRecord record = models.get(model);
        if (record == null) {
            throw new ServingException(ErrorCode.NOT_FOUND, "model '" + model + "' is not registered");
        }
        return record;
    }

    VersionRecord version(String model, long number) {
        VersionRecord version = model(model).versions().get(number);
        if (version == null) {
            throw new ServingException(
                    ErrorCode.NOT_FOUND, "version %d of '%s' is not registered".formatted(number, model));
        }
        return version;
    }

    private AliasRecord alias(String model, String alias) {
        AliasRecord record = model(model).aliases().get(alias);
        if (record == null) {
            throw new ServingException(ErrorCode.NOT_FOUND, "'%s' has no alias '%s'".formatted(model, alias));
        }
        return record;
    }

    /// The model that a version is to be registered of, which may be none yet.
    ModelRecord beginning(String model) {
        return models.getOrDefault(model, new ModelRecord(model, 0, "latest 2", "", new TreeMap<>(), new TreeMap<>()));
    }

    void register(ModelRecord before, RegisterOrder order, VersionRecord version, String who) {
        TreeMap<Long, VersionRecord> versions = new TreeMap<>(before.versions());
        versions.putIfAbsent(version.number(), version);
        TreeMap<String, AliasRecord> aliases = new TreeMap<>(before.aliases());
        for (String alias : order.aliases()) {
            aliases.put(alias, moved(before.aliases().get(alias), alias, version.number(), who));
        }
        String policy = order.policy().isEmpty() ? before.policy() : order.policy();
        String config = order.config().isEmpty() ? before.config() : order.config();
        put(new ModelRecord(order.model(), before.revision() + 1, policy, config, versions, aliases), who, "register");
    }

    private static AliasRecord moved(@Nullable AliasRecord before, String alias, long version, String who) {
        return new AliasRecord(alias, version, before == null ? 0 : before.version(), NOW, who);
    }

    private AliasRecord move(String model, String alias, long version, String who, String action) {
        ModelRecord before = model(model);
        AliasRecord next = moved(before.aliases().get(alias), alias, version, who);
        TreeMap<String, AliasRecord> aliases = new TreeMap<>(before.aliases());
        aliases.put(alias, next);
        put(with(before, before.policy(), before.versions(), aliases), who, action);
        return next;
    }

    AliasRecord promote(String model, String alias, long version, String who) {
        return move(model, alias, version(model, version).number(), who, "promote");
    }

    AliasRecord rollBack(String model, String alias, String who) {
        AliasRecord now = alias(model, alias);
        if (now.previous() == 0) {
            throw ServingException.invalid("alias '%s' pointed nowhere before".formatted(alias));
        }
        return move(model, alias, now.previous(), who, "rollback");
    }

    void dropAlias(String model, String alias, String who) {
        alias(model, alias);
        ModelRecord before = model(model);
        TreeMap<String, AliasRecord> aliases = new TreeMap<>(before.aliases());
        aliases.remove(alias);
        put(with(before, before.policy(), before.versions(), aliases), who, "drop-alias");
    }

    void setWanted(String model, long number, boolean wanted, String who) {
        VersionRecord old = version(model, number);
        ModelRecord before = model(model);
        TreeMap<Long, VersionRecord> versions = new TreeMap<>(before.versions());
        versions.put(
                number,
                StoreFixtures.plain(
                        number,
                        old.files(),
                        old.source(),
                        old.registered(),
                        old.by(),
                        old.lineage(),
                        old.signature(),
                        wanted,
                        old.gates()));
        put(with(before, before.policy(), versions, before.aliases()), who, wanted ? "load" : "unload");
    }

    void setPolicy(String model, String policy, String who) {
        ModelRecord before = model(model);
        if (!policy.matches("latest \\d+|all|specific [\\d,]+")) {
            throw ServingException.invalid("policy: '%s' (expected: latest N, all, or specific 1,2)".formatted(policy));
        }
        put(with(before, policy, before.versions(), before.aliases()), who, "policy");
    }

    void delete(String model, String who) {
        ModelRecord before = model(model);
        models.remove(model);
        Act act = new Act(who, "delete", "all", NOW);
        audit.add(new AuditEntry(audit.size() + 1L, model, act, "{\"revision\":%d}".formatted(before.revision()), ""));
    }

    void delete(String model, long number, String who) {
        ModelRecord before = model(model);
        TreeMap<Long, VersionRecord> versions = new TreeMap<>(before.versions());
        versions.remove(version(model, number).number());
        if (before.aliases().values().stream().anyMatch(alias -> alias.version() == number)) {
            throw ServingException.invalid("version %d of '%s': an alias points to it".formatted(number, model));
        }
        put(with(before, before.policy(), versions, before.aliases()), who, "delete");
    }

    private static ModelRecord with(
            ModelRecord before,
            String policy,
            SortedMap<Long, VersionRecord> versions,
            SortedMap<String, AliasRecord> aliases) {
        return new ModelRecord(before.name(), before.revision() + 1, policy, before.config(), versions, aliases);
    }

    private void put(ModelRecord next, String who, String action) {
        ModelRecord before = models.put(next.name(), next);
        audit.add(new AuditEntry(
                audit.size() + 1L,
                next.name(),
                new Act(who, action, "revision " + next.revision(), NOW),
                before == null ? "" : "{\"revision\":%d}".formatted(before.revision()),
                "{\"revision\":%d}".formatted(next.revision())));
    }

    void note(String model, String who, String action, String detail) {
        audit.add(new AuditEntry(audit.size() + 1L, model, new Act(who, action, detail, Instant.EPOCH), "", ""));
    }

    List<AuditEntry> history(String model, long before, int limit) {
        return audit.reversed().stream()
                .filter(entry ->
                        entry.id() < before && (model.isEmpty() || entry.model().equals(model)))
                .limit(limit)
                .toList();
    }
}
