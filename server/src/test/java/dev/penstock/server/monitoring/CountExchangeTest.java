package dev.penstock.server.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.monitor.recording.Replica;
import dev.penstock.server.store.CountStore;
import dev.penstock.server.store.CountedWindow;
import dev.penstock.server.store.ModelStore;
import dev.penstock.server.store.StoreSettings;
import dev.penstock.server.store.Stores;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a server gives the record, and takes from it, at once.
class CountExchangeTest {
    private static final ModelKey KEY = new ModelKey("m", 1);
    private static final ModelKey OTHER = new ModelKey("m", 2);
    private static final long NOON = MonitoredServer.NOON;

    @TempDir
    private Path folder;

    private ModelStore store;
    private SharedRecord record;
    private CountExchange here;
    private CountExchange there;

    @BeforeEach
    void open() {
        store = Stores.open(new StoreSettings.Sqlite(folder.resolve("record.db")));
        record = new SharedRecord(store);
        here = started("here");
        there = started("there");
    }

    @AfterEach
    void close() {
        store.close();
    }

    private CountExchange started(String server) {
        return new CountExchange(new Sharing(record.counts, server));
    }

    private static CountExchange.Out out(ModelKey key, String server, long laterMillis, long rows) {
        Replica life = new Replica(server, NOON);
        return new CountExchange.Out(key, life, NOON + laterMillis, false, CountedRows.rows(rows));
    }

    private static CountExchange.Request request(long laterMillis, Set<ModelKey> watched, CountExchange.Out... out) {
        return new CountExchange.Request(NOON + laterMillis, List.of(out), Set.of(), watched, Set.of());
    }

    @Test
    void whatAFailureFollowedIsReadAgain() {
        here.run(request(0, Set.of(KEY)));
        there.run(request(0, Set.of(KEY), out(KEY, "there", 0, 100)));
        for (int calls = 0; calls < 4; calls++) {
            record.calls.set(calls);
            assertThatThrownBy(() -> here.run(request(1_000, Set.of(KEY))))
                    .as("after %d", calls)
                    .isInstanceOf(ServingException.class);
        }

        record.calls.set(Integer.MAX_VALUE);
        assertThat(here.run(request(2_000, Set.of(KEY))).news())
                .extracting(SharedWindow::seen)
                .containsExactly(100L);
        assertThat(here.run(request(3_000, Set.of(KEY))).news()).isEmpty();
    }

    @Test
    void whoWasKilledAndStartsAgainDoesNotTellOfWhatItDoesNotWatch() {
        assertThat(there.run(request(0, Set.of(KEY))).told()).isEqualTo(Map.of(KEY, "there"));
        CountExchange again = started("there");

        assertThat(again.run(request(1_000, Set.of(OTHER))).told()).isEqualTo(Map.of(OTHER, "there"));

        assertThat(here.run(request(2_000, Set.of(KEY))).told()).isEqualTo(Map.of(KEY, "here", OTHER, "there"));
    }

    @Test
    void whatIsTooLargeIsInNoOtherVersionsWay() {
        here.run(request(0, Set.of(KEY), out(KEY, "here", 0, 100)));
        int length = store.counts().of(KEY).getFirst().counts().length();
        CountExchange little = new CountExchange(new Sharing(record.counts, "there"), length);

        little.run(request(0, Set.of(KEY), out(KEY, "there", 0, 1_000_000_000), out(OTHER, "there", 0, 100)));

        assertThat(store.counts().of(KEY)).extracting(CountedWindow::server).containsExactly("here");
        assertThat(store.counts().of(OTHER)).extracting(CountedWindow::server).containsExactly("there");
    }

    @Test
    void whatIsReplacedBeforeItIsWrittenStaysTheFirstOfItsHour() {
        CountExchange.Out first =
                new CountExchange.Out(KEY, new Replica("here", NOON), NOON, true, CountedRows.rows(1));

        CountExchange.Out both = CountExchange.Out.insteadOf(first, out(KEY, "here", 300_000, 2));

        assertThat(both.after(first).hourly()).as("once the first is written").isFalse();
        here.run(request(400_000, Set.of(KEY), both));
        assertThat(store.counts().of(KEY)).extracting(CountedWindow::hourly).containsExactly(true);
        assertThat(store.counts().servers().get("here")).isEqualTo(new CountStore.CountingServer(1, NOON + 400_000));
    }
}
