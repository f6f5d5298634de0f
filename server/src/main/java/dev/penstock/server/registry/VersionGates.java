package dev.penstock.server.registry;

import dev.penstock.core.Signature;
import dev.penstock.server.gate.Candidate;
import dev.penstock.server.store.GateRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Judges a registered version before it may serve.
@FunctionalInterface
public interface VersionGates {
    /// Lets everything pass that can be loaded.
    VersionGates NONE = (candidate, before) -> List.of();

    /// May block for as long as it takes. What it throws is no verdict: the version is judged again later.
    ///
    /// @param before what callers send now, to the version that this one follows; null if there is none
    List<GateRecord> check(Candidate candidate, @Nullable Signature before);

    /// The server stops: whoever waits in [#check] gets no verdict, soon. Any thread.
    default void stop() {}
}
