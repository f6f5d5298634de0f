package dev.penstock.server.gate;

import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Runner;
import dev.penstock.core.Signature;
import dev.penstock.server.memory.Footprint;
import dev.penstock.server.store.GateRecord;
import dev.penstock.server.store.Lineage;
import java.nio.charset.StandardCharsets;

/// Makes candidates.
final class Candidates {
    static final ModelKey KEY = new ModelKey("digits", 3);

    /// Nothing lies beside the model.
    static final VersionFiles NO_FILES = (path, maxBytes) -> null;

    private static final Footprint SMALL = Footprint.ofFiles(1000, 1.6);

    private Candidates() {}

    static Candidate of(LoadedModel model, Signature signature, VersionFiles files, GateSettings settings) {
        return new Candidate(KEY, signature, model, files, SMALL, Lineage.UNKNOWN, "", false, settings);
    }

    /// What the model itself says counts, and the settings are none.
    static Candidate of(LoadedModel model, VersionFiles files) {
        return of(model, model.signature(), files, GateSettings.NONE);
    }

    static Candidate breaking(Candidate one) {
        return new Candidate(
                one.key(),
                one.signature(),
                one.model(),
                one.files(),
                one.footprint(),
                one.lineage(),
                one.digest(),
                true,
                one.settings());
    }

    static Candidate with(Candidate one, Footprint footprint, Lineage lineage, String digest) {
        return new Candidate(
                one.key(),
                one.signature(),
                one.model(),
                one.files(),
                footprint,
                lineage,
                digest,
                one.breaking(),
                one.settings());
    }

    static VersionFiles golden(String text) {
        return (path, maxBytes) -> path.equals(Golden.FILE) ? text.getBytes(StandardCharsets.UTF_8) : null;
    }

    /// A model that is nothing but a function.
    static LoadedModel model(Signature signature, Runner runner) {
        return new LoadedModel() {
            @Override
            public ModelKey key() {
                return KEY;
            }

            @Override
            public Signature signature() {
                return signature;
            }

            @Override
            public Runner runner(int index) {
                return runner;
            }

            @Override
            public void close() {}
        };
    }

    static String said(GateRecord record) {
        return record.verdict() + " " + record.detail();
    }
}
