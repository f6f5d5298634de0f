package dev.penstock.server.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.server.alerting.TestReceiver;
import dev.penstock.server.store.Act;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.ModelStore;
import dev.penstock.server.store.StoreSettings;
import dev.penstock.server.store.Stores;
import java.nio.file.Path;
import java.time.Instant;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Two servers with one record: what is usual is so for both. The times are given.
@Timeout(240)
class SharedBaselinesTest {
    private static final ModelKey KEY = MonitoredServer.KEY;

    @TempDir
    private Path folder;

    private ModelStore store;
    private MonitoredServer here;
    private MonitoredServer there;

    @BeforeEach
    void open() {
        store = Stores.open(new StoreSettings.Sqlite(folder.resolve("record.db")));
        here = new MonitoredServer(store, 1);
        there = new MonitoredServer(store, 2);
    }

    @AfterEach
    void close() {
        here.close();
        there.close();
        store.close();
    }

    /// So that who has no requests learns of it, too.
    private void await(MonitoredServer server, String baseline) {
        TestReceiver.await(
                () -> {
                    server.tick(1_000);
                    return server.watched().baselineId().equals(baseline);
                },
                "held against " + baseline);
    }

    @Test
    void whatOneHasLearntTheOtherIsHeldAgainst() {
        there.serve(500, 0);
        assertThat(there.watched().phase()).isNotEqualTo(Watched.Phase.WATCHING);
        here.serveUntilWatching(0);
        TestReceiver.await(() -> store.baselines().of("m").ids().size() == 1, "kept");

        there.record.tell();
        await(there, here.watched().baselineId());
        there.serve(500, 0);

        assertThat(there.watched().phase()).isEqualTo(Watched.Phase.WATCHING);
        assertThat(there.plan()).isEqualTo(here.plan());
        assertThat(there.monitoring.evaluation(KEY, null).rows()).isEqualTo(500);
        assertThat(store.baselines().of("m").ids()).hasSize(1);
    }

    @Test
    void ofTwoThatLearnAtOnceBothAreHeldAgainstTheFirst() {
        // It knows that there is nothing yet, and learns.
        assertThat(there.monitoring.baselines("m")).isEmpty();
        there.record.reachable = false;
        there.serveUntilWatching(0);
        here.serveUntilWatching(0);
        String first = here.watched().baselineId();
        TestReceiver.await(() -> store.baselines().of("m").ids().size() == 1, "kept");
        assertThat(there.watched().baselineId()).isNotEqualTo(first);

        there.record.reachable = true;
        await(there, first);

        assertThat(store.baselines().of("m").ids()).containsExactly(first);
    }

    @Test
    void whatIsHeldOnOneIsOnTheOtherAndAfterARestart() {
        here.serveUntilWatching(0);
        here.serve(300, 0);
        TestReceiver.await(() -> store.baselines().of("m").ids().size() == 1, "kept");
        Baseline captured = here.monitoring.captured(KEY, null);
        there.monitoring.add(captured, "ann");
        here.monitoring.hold(KEY, captured.id(), "ann");
        assertThat(here.watched().baselineId()).isEqualTo(captured.id());

        there.serve(100, 0);
        there.record.tell();
        await(there, captured.id());

        MonitoredServer restarted = new MonitoredServer(store, 3);
        await(restarted, captured.id());
        restarted.close();
        assertThat(store.audit("m", Long.MAX_VALUE, 9))
                .extracting(entry -> entry.act().action())
                .containsExactly("hold-baseline", "add-baseline", "learn-baseline");
    }

    @Test
    void aRecordThatIsAwayIsTriedNowAndThen() {
        here.serveUntilWatching(0);
        TestReceiver.await(() -> store.baselines().of("m").ids().size() == 1, "kept");
        assertThat(here.monitoring.baselines("m")).hasSize(1);
        here.record.reachable = false;
        int before = here.record.reads.get();

        here.record.tell();
        for (int i = 0; i < 20; i++) {
            here.tick(1_000);
            // One read of its own, behind those that the tick has asked for.
            assertThatThrownBy(() -> here.monitoring.baselines("other")).isInstanceOf(ServingException.class);
        }

        assertThat(here.record.reads.get() - before - 20).isBetween(2, 5);
    }

    @Test
    void withAModelGoWhatItsVersionsAreHeldAgainst() {
        ModelRecord model = store.put(
                new ModelRecord("m", 0, "all", "", new TreeMap<>(), new TreeMap<>()),
                new Act("ann", "register", "", Instant.EPOCH));
        here.serveUntilWatching(0);
        TestReceiver.await(() -> store.baselines().of("m").ids().size() == 1, "kept");
        assertThat(here.monitoring.baselines("m")).hasSize(1);
        long before = here.memory.reservedBytes();

        store.delete("m", model.revision(), new Act("ann", "delete", "", Instant.EPOCH));
        here.record.tell();

        TestReceiver.await(
                () -> {
                    here.tick(1_000);
                    return here.monitoring.baselines("m").isEmpty();
                },
                "gone");
        assertThat(here.memory.reservedBytes()).isLessThan(before);
    }
}
