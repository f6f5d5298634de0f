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

    /// What the policy selects of the versions that may serve, and of them also what aliases point to and what
    /// they pointed to before, which is kept warm for the way back.
    static SortedSet<Long> of(ModelRecord model) {
        return of(model, new TreeSet<>());
    }

    /// The same, as if some versions could not serve.
    static SortedSet<Long> of(ModelRecord model, SortedSet<Long> left) {
        SortedSet<Long> able = new TreeSet<>();
        model.versions().forEach((number, version) -> {
            if (mayServe(version) && !left.contains(number)) {
                able.add(number);
            }
        });
        SortedSet<Long> wanted = VersionPolicy.parse(model.policy()).select(able);
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
