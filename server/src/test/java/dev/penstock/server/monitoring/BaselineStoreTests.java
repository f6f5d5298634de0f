package dev.penstock.server.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.monitor.recording.Edges;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.recording.RecordingMemory;
import dev.penstock.server.store.ModelStore;
import dev.penstock.server.store.StoreSettings;
import dev.penstock.server.store.Stores;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// What tests of kept baselines begin with: a record, and little baselines.
abstract class BaselineStoreTests {
    final RecordingMemory memory = new RecordingMemory(1 << 20);

    @TempDir
    Path folder;

    ModelStore store;
    SharedRecord record;

    @BeforeEach
    void open() {
        store = Stores.open(new StoreSettings.Sqlite(folder.resolve("record.db")));
        record = new SharedRecord(store);
    }

    @AfterEach
    void close() {
        store.close();
    }

    static Baseline baseline(Baseline.Origin origin, long number) {
        Edges edges = Edges.of(0, 1);
        long[] counts = new long[Feature.Numeric.FIRST_BIN + edges.bins()];
        counts[Feature.Numeric.FIRST_BIN] = number;
        FeatureCounts counted = FeatureCounts.of(counts, new double[counts.length]);
        return new Baseline("m", origin, number, number, List.of(new BaselineFeature.Numbers("x", edges, counted)));
    }

    BaselineStore full() {
        return full(new BaselineStore(record, null, memory), BaselineStore.MOST);
    }

    static BaselineStore full(BaselineStore store, int count) {
        for (int i = 0; i < count; i++) {
            Baseline.Origin origin = i == 10 || i == 20 ? Baseline.Origin.LEARNED : Baseline.Origin.UPLOADED;
            assertThat(store.add(baseline(origin, i), version -> true, "ann")).isEmpty();
        }
        return store;
    }

    static List<String> texts(BaselineStore store) {
        return store.of("m").stream().map(Baseline::json).toList();
    }

    static String text(@Nullable Baseline baseline) {
        return baseline == null ? "none" : baseline.json();
    }
}
