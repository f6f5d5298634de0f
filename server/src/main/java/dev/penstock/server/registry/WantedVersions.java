package dev.penstock.server.registry;

import dev.penstock.server.store.AliasRecord;
import dev.penstock.server.store.GateRecord;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.VersionRecord;
import java.util.SortedSet;
import java.util.TreeSet;

/// Which versions of a registered model should be in memory. Pure.
final class WantedVersions {
    private WantedVersions() {}

    /// What the policy selects of the versions that passed, and of them also what arms of routes stand for,
    /// what aliases point to and what they pointed to before, which is kept warm for the way back. And each
    /// that is to be judged and would be among them if it passed: it takes the place of nothing before it
    /// has.
    ///
    /// @param routed versions that arms stand for
    static SortedSet<Long> of(ModelRecord model, SortedSet<Long> routed) {
        return of(model, routed, new TreeSet<>());
    }

    /// The same, as if some versions could not serve.
    static SortedSet<Long> of(ModelRecord model, SortedSet<Long> routed, SortedSet<Long> left) {
        SortedSet<Long> able = new TreeSet<>();
        SortedSet<Long> unjudged = new TreeSet<>();
        model.versions().forEach((number, version) -> {
            if (mayServe(version) && !left.contains(number)) {
                able.add(number);
                if (version.gates().isEmpty()) {
                    unjudged.add(number);
                }
            }
        });
        SortedSet<Long> judged = new TreeSet<>(able);
        judged.removeAll(unjudged);
        SortedSet<Long> wanted = selected(model, routed, judged);
        for (long candidate : unjudged) {
            if (selected(Intents.asIfPassed(model, candidate), routed, able).contains(candidate)) {
                wanted.add(candidate);
            }
        }
        return wanted;
    }

    private static SortedSet<Long> selected(ModelRecord model, SortedSet<Long> routed, SortedSet<Long> able) {
        SortedSet<Long> wanted = VersionPolicy.parse(model.policy()).select(able);
        wanted.addAll(routed);
        for (AliasRecord alias : model.aliases().values()) {
            wanted.add(alias.version());
            wanted.add(alias.previous());
        }
        wanted.retainAll(able);
        return wanted;
    }

    /// Whether nobody took it out of service and no gate turned it down.
    static boolean mayServe(VersionRecord version) {
        return version.wanted() && passed(version);
    }

    /// Whether no gate turned it down, so far.
    static boolean passed(VersionRecord version) {
        return version.gates().stream().noneMatch(gate -> gate.verdict() == GateRecord.Verdict.FAILED);
    }
}
