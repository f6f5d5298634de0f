package dev.penstock.server.registry;

import dev.penstock.core.ServingException;
import dev.penstock.server.store.Intent;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.VersionRecord;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// When what registrations ask for takes effect: with the verdict that lets their version pass, so that what a
/// refusal would have to take back was never there. What somebody asks for later counts more. Pure; each gives
/// back the very record it got if there is nothing to change.
final class Intents {
    private Intents() {}

    /// With what was asked for with a version that is recorded.
    ///
    /// @throws ServingException if an alias is to point to a version that is out of service
    static ModelRecord asked(ModelRecord model, long number, Intent intent) {
        VersionRecord version = RecordEdits.version(model, number);
        if (intent.asksForNothing() || !WantedVersions.passed(version)) {
            return model;
        }
        if (!version.wanted() && !intent.aliases().isEmpty()) {
            throw ServingException.invalid(
                    "model '%s' version %d is out of service, and alias '%s' is to point to it (expected: one that may serve; bring it into service first)"
                            .formatted(model.name(), number, String.join("', '", intent.aliases())));
        }
        long order = newest(model) + 1;
        if (!version.gates().isEmpty()) {
            return inEffect(model, number, intent.ordered(order));
        }
        Intent all = notOverruled(model, version.intent()).and(intent).ordered(order);
        if (all.asksTheSameAs(version.intent())) {
            return model;
        }
        ModelRecord waiting = RecordEdits.withVersion(model, version.with(all));
        // Nobody judges what nobody wants, so there is no verdict to wait for.
        boolean judged = !version.wanted()
                || WantedVersions.of(waiting, Collections.emptySortedSet()).contains(number);
        return judged ? waiting : inEffect(RecordEdits.withVersion(model, version.with(Intent.NONE)), number, all);
    }

    /// Without what was asked for with other versions since: asked for again, the rest must not become younger.
    private static Intent notOverruled(ModelRecord model, Intent intent) {
        Intent rest = intent;
        for (VersionRecord other : model.versions().values()) {
            Intent later = other.intent();
            if (later.order() > intent.order()) {
                rest = rest.without(!later.policy().isEmpty(), !later.config().isEmpty(), later.aliases());
            }
        }
        return rest;
    }

    private static long newest(ModelRecord model) {
        return model.versions().values().stream()
                .mapToLong(version -> version.intent().order())
                .max()
                .orElse(0);
    }

    /// The model as it is once that version has passed, but for the verdict.
    static ModelRecord asIfPassed(ModelRecord model, long number) {
        VersionRecord version = model.versions().get(number);
        return version == null ? model : inEffect(model, number, version.intent());
    }

    /// With what was asked for with a version.
    static ModelRecord inEffect(ModelRecord model, long number, Intent intent) {
        if (intent.asksForNothing()) {
            return model;
        }
        ModelRecord next = new ModelRecord(
                model.name(),
                model.revision(),
                intent.policy().isEmpty() ? model.policy() : intent.policy(),
                intent.config().isEmpty() ? model.config() : intent.config(),
                model.versions(),
                model.aliases());
        for (String alias : intent.aliases()) {
            next = RecordEdits.pointed(next, alias, number, intent.by(), intent.at());
        }
        ModelRecord overruled = without(
                next,
                intent.order(),
                !intent.policy().isEmpty(),
                !intent.config().isEmpty(),
                intent.aliases());
        return overruled.equals(model) ? model : overruled;
    }

    /// Where an alias points was decided, whatever was asked for before.
    static ModelRecord aliasDecided(ModelRecord model, String alias) {
        return without(model, Long.MAX_VALUE, false, false, Set.of(alias));
    }

    static ModelRecord policyDecided(ModelRecord model) {
        return without(model, Long.MAX_VALUE, true, false, Set.of());
    }

    private static ModelRecord without(
            ModelRecord model, long beforeOrder, boolean policy, boolean config, Set<String> aliases) {
        SortedMap<Long, VersionRecord> versions = new TreeMap<>(model.versions());
        versions.replaceAll((_, version) -> version.intent().order() < beforeOrder
                ? version.with(version.intent().without(policy, config, aliases))
                : version);
        return versions.equals(model.versions())
                ? model
                : new ModelRecord(
                        model.name(), model.revision(), model.policy(), model.config(), versions, model.aliases());
    }
}
