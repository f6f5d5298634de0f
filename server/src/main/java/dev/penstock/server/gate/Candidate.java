package dev.penstock.server.gate;

import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Signature;
import dev.penstock.server.memory.Footprint;
import dev.penstock.server.store.Lineage;

/// A version that is loaded and does not serve yet: nobody else runs it while it is judged.
///
/// @param signature what callers must send: the model's own with its configuration laid over it
/// @param model stays its owner's, who closes it
/// @param files what lies beside the model
/// @param lineage as far as it is known
/// @param digest of its bytes, see [dev.penstock.server.store.VersionRecord#digest]; "" if nobody counted
/// @param breaking whether it may differ from the version it follows
/// @param settings what its model's configuration asks for
public record Candidate(
        ModelKey key,
        Signature signature,
        LoadedModel model,
        VersionFiles files,
        Footprint footprint,
        Lineage lineage,
        String digest,
        boolean breaking,
        GateSettings settings) {}
