package dev.penstock.server.registry;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.gate.Gates;
import dev.penstock.server.store.AliasRecord;
import dev.penstock.server.store.Intent;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.VersionRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a record becomes. Pure; each gives back the very record it got if there is nothing to change, and
/// throws [ServingException] for what cannot be.
final class RecordEdits {
    private RecordEdits() {}

    static ModelRecord none(String model) {
        return new ModelRecord(model, 0, "latest 1", "", new TreeMap<>(), new TreeMap<>());
    }

    /// With that version, and with what is asked for with it; the same bytes under the same number are no
    /// change.
    static ModelRecord registered(ModelRecord model, VersionRecord version, Intent intent) {
        VersionRecord known = model.versions().get(version.number());
        if (known != null && !known.digest().equals(version.digest())) {
            throw taken(model.name(), version.number(), known.digest(), version.digest());
        }
        ModelRecord next = known == null ? withVersion(model, version) : model;
        return Intents.asked(next, version.number(), intent);
    }

    static ServingException taken(String model, long version, String digest, String given) {
        return new ServingException(
                ErrorCode.ALREADY_EXISTS,
                "model '%s' version %d has other bytes, which never change: sha256 %s (expected: another number, or these bytes; given: %s)"
                        .formatted(model, version, digest, given));
    }

    /// With an alias moved to a version by somebody who wants it there, whatever registrations asked for.
    static ModelRecord promoted(ModelRecord model, String alias, long version, String who, Instant at) {
        return Intents.aliasDecided(pointed(model, alias, version, who, at), alias);
    }

    /// With an alias that points to a version.
    static ModelRecord pointed(ModelRecord model, String alias, long version, String who, Instant at) {
        AliasRecord before = model.aliases().get(alias);
        if (before != null && before.version() == version) {
            return model;
        }
        long previous = before == null ? 0 : wayBack(model, before);
        return withAlias(model, new AliasRecord(alias, version, previous, at, who));
    }

    /// Where an alias that is moved on can be turned back to: where it points, unless that never came to
    /// serve, in which case what answered in its place goes on doing so.
    private static long wayBack(ModelRecord model, AliasRecord alias) {
        VersionRecord version = model.versions().get(alias.version());
        boolean servedOnce = version == null || (!version.gates().isEmpty() && WantedVersions.mayServe(version));
        return servedOnce || alias.previous() == 0 ? alias.version() : alias.previous();
    }

    static ModelRecord rolledBack(ModelRecord model, String alias, String who, Instant at) {
        AliasRecord before = alias(model, alias);
        if (before.previous() == 0) {
            throw ServingException.invalid(
                    "alias '%s' of model '%s' points to version %d and pointed nowhere before (expected: an alias that was moved)"
                            .formatted(alias, model.name(), before.version()));
        }
        long back = before.previous();
        long from = before.version();
        return Intents.aliasDecided(withAlias(model, new AliasRecord(alias, back, from, at, who)), alias);
    }

    /// Without an alias, which may be one that only a registration asked for.
    static ModelRecord withoutAlias(ModelRecord model, String alias) {
        ModelRecord decided = Intents.aliasDecided(model, alias);
        if (decided.equals(model)) {
            alias(model, alias);
        }
        SortedMap<String, AliasRecord> aliases = new TreeMap<>(model.aliases());
        aliases.remove(alias);
        return withAliases(decided, aliases);
    }

    /// Taken out of service, which an alias must not point to; what its registration asked for, and has not got
    /// yet, is not asked for any more.
    static ModelRecord unwanted(ModelRecord model, long number) {
        VersionRecord version = version(model, number);
        List<String> aliases = pointingTo(model, number);
        if (!aliases.isEmpty()) {
            throw pointedTo(model.name(), aliases);
        }
        VersionRecord next =
                version.with(false, version.judge(), version.gates()).with(Intent.NONE);
        return next.equals(version) ? model : withVersion(model, next);
    }

    /// In service again; what the gates said is forgotten if one of them turned it down.
    ///
    /// @param judge the server that is to judge it then
    static ModelRecord wanted(ModelRecord model, long number, String judge) {
        VersionRecord version = version(model, number);
        boolean judgeAnew = !WantedVersions.passed(version) || version.gates().isEmpty();
        VersionRecord next =
                judgeAnew ? version.with(true, judge, List.of()) : version.with(true, version.judge(), version.gates());
        return next.equals(version) ? model : withVersion(model, next);
    }

    private static List<String> pointingTo(ModelRecord model, long number) {
        return model.aliases().values().stream()
                .filter(alias -> alias.version() == number)
                .map(AliasRecord::name)
                .toList();
    }

    /// With what the gates say of versions that nobody has judged yet, and of those that others let pass: who
    /// turns a version down is right. With what the registrations of those asked for that pass.
    static ModelRecord judged(ModelRecord model, Map<Long, Verdicts.Verdict> said) {
        ModelRecord next = model;
        for (Map.Entry<Long, Verdicts.Verdict> entry : said.entrySet()) {
            VersionRecord version = next.versions().get(entry.getKey());
            Verdicts.Verdict verdict = entry.getValue();
            if (version != null && verdict.isOf(version) && counts(verdict, version)) {
                next = withVersion(next, version.with(version.wanted(), version.judge(), verdict.said()));
                if (Gates.problem(verdict.said()).isEmpty()) {
                    next = Intents.inEffect(next, version.number(), version.intent());
                }
            }
        }
        return next;
    }

    private static boolean counts(Verdicts.Verdict verdict, VersionRecord version) {
        boolean turnedDown = !Gates.problem(verdict.said()).isEmpty();
        return version.gates().isEmpty() || (turnedDown && WantedVersions.passed(version));
    }

    /// @throws ServingException if the policy is none
    static ModelRecord withPolicy(ModelRecord model, String policy) {
        checkPolicy(policy);
        ModelRecord next = policy.equals(model.policy())
                ? model
                : new ModelRecord(
                        model.name(), model.revision(), policy, model.config(), model.versions(), model.aliases());
        return Intents.policyDecided(next);
    }

    static void checkPolicy(String policy) {
        try {
            VersionPolicy.parse(policy);
        } catch (IllegalArgumentException e) {
            throw ServingException.invalid(String.valueOf(e.getMessage()));
        }
    }

    /// Without that version, which then is no alias's previous one any more.
    static ModelRecord withoutVersion(ModelRecord model, long number) {
        version(model, number);
        List<String> pointing = pointingTo(model, number);
        if (!pointing.isEmpty()) {
            throw pointedTo(model.name(), pointing);
        }
        SortedMap<String, AliasRecord> aliases = new TreeMap<>();
        model.aliases().forEach((name, alias) -> {
            boolean before = alias.previous() == number;
            aliases.put(name, before ? new AliasRecord(name, alias.version(), 0, alias.moved(), alias.by()) : alias);
        });
        SortedMap<Long, VersionRecord> versions = new TreeMap<>(model.versions());
        versions.remove(number);
        return new ModelRecord(model.name(), model.revision(), model.policy(), model.config(), versions, aliases);
    }

    static ServingException pointedTo(String model, Iterable<String> aliases) {
        return ServingException.invalid(
                "alias '%s' of model '%s' points to it (expected: no alias; drop or move it first)"
                        .formatted(String.join("', '", aliases), model));
    }

    static AliasRecord alias(ModelRecord model, String alias) {
        AliasRecord found = model.aliases().get(alias);
        if (found == null) {
            throw new ServingException(
                    ErrorCode.NOT_FOUND,
                    "model '%s' has no alias '%s' (there are: %s)"
                            .formatted(model.name(), alias, model.aliases().keySet()));
        }
        return found;
    }

    static VersionRecord version(ModelRecord model, long number) {
        VersionRecord found = model.versions().get(number);
        if (found == null) {
            throw new ServingException(
                    ErrorCode.NOT_FOUND,
                    "model '%s' has no registered version %d (there are: %s)"
                            .formatted(model.name(), number, model.versions().keySet()));
        }
        return found;
    }

    static ModelRecord withVersion(ModelRecord model, VersionRecord version) {
        SortedMap<Long, VersionRecord> versions = new TreeMap<>(model.versions());
        versions.put(version.number(), version);
        return new ModelRecord(
                model.name(), model.revision(), model.policy(), model.config(), versions, model.aliases());
    }

    private static ModelRecord withAlias(ModelRecord model, AliasRecord alias) {
        SortedMap<String, AliasRecord> aliases = new TreeMap<>(model.aliases());
        aliases.put(alias.name(), alias);
        return withAliases(model, aliases);
    }

    private static ModelRecord withAliases(ModelRecord model, SortedMap<String, AliasRecord> aliases) {
        return new ModelRecord(
                model.name(), model.revision(), model.policy(), model.config(), model.versions(), aliases);
    }
}
