package dev.penstock.server.monitoring;

import dev.penstock.core.ModelKey;
import dev.penstock.server.alerting.TestReceiver;
import dev.penstock.server.store.CountStore;
import dev.penstock.server.store.ModelStore;
import dev.penstock.server.store.StoreSettings;
import dev.penstock.server.store.Stores;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Two servers with one record. The times are given.
@Timeout(400)
abstract class SharedCountsTests {
    static final ModelKey KEY = MonitoredServer.KEY;
    static final Duration HOUR = Duration.ofHours(1);
    static final long MINUTE = 60_000;

    /// Looks without time that passes, before some does: what follows from one another takes several.
    private static final int LOOKS = 50;

    @TempDir
    Path folder;

    ModelStore store;
    MonitoredServer here;
    MonitoredServer there;

    @BeforeEach
    void open() {
        open(Stores.open(new StoreSettings.Sqlite(folder.resolve("record.db"))));
    }

    final void open(ModelStore opened) {
        store = opened;
        here = new MonitoredServer(store, 1);
        there = new MonitoredServer(store, 2);
    }

    @AfterEach
    void close() {
        here.close();
        there.close();
        store.close();
    }

    /// Both look until that is so.
    void await(BooleanSupplier condition, String what) {
        await(List.of(here, there), condition, what);
    }

    /// They look until that is so. Time passes as little as it has to: not while one of them reads or writes.
    static void await(List<MonitoredServer> servers, BooleanSupplier condition, String what) {
        int[] quiet = {0};
        TestReceiver.await(
                () -> {
                    long passing = quiet[0] == LOOKS ? 10_000 : 0;
                    quiet[0] = quiet[0] == LOOKS ? 0 : quiet[0];
                    servers.forEach(server -> server.tick(passing));
                    if (condition.getAsBoolean()) {
                        return true;
                    }
                    quiet[0] += servers.stream().allMatch(MonitoredServer::isQuiet) ? 1 : 0;
                    return false;
                },
                what);
    }

    /// Both count by the baseline that one of them has learnt, and know of each other.
    void learn() {
        there.serve(100, 0);
        here.serveUntilWatching(0);
        TestReceiver.await(() -> store.baselines().of("m").ids().size() == 1, "kept");
        there.record.tell();
        await(() -> there.watched().phase() == Watched.Phase.WATCHING, "followed");
        there.serve(100, 0);
        await(() -> store.counts().watchers().containsKey(KEY), "one tells");
        nextWindow();
    }

    /// The sub-window is over, and what was counted in it is known. Both are heard of all the time.
    void nextWindow() {
        long end = (Math.max(here.nowMillis(), there.nowMillis()) / (5 * MINUTE) + 1) * 5 * MINUTE + 1_000;
        while (here.nowMillis() < end || there.nowMillis() < end) {
            here.tick(Math.min(20_000, end - here.nowMillis()));
            there.tick(Math.min(20_000, end - there.nowMillis()));
            await(() -> isHeard(here) && isHeard(there), "heard of");
        }
        await(() -> rows(here) == counted() && rows(there) == counted(), "both know all");
    }

    boolean isHeard(MonitoredServer server) {
        CountStore.CountingServer heard = store.counts().servers().get(server.name);
        return heard != null && server.nowMillis() - heard.at() < 20_000;
    }

    static long rows(MonitoredServer server) {
        return server.monitoring.evaluation(KEY, HOUR).rows();
    }

    /// What each counted itself in the last hour.
    long counted() {
        return own(here) + own(there);
    }

    static long own(MonitoredServer server) {
        return server.monitoring.evaluation(KEY, HOUR).replicas().stream()
                .filter(one -> one.server().equals(server.name) && one.lagMillis() == 0)
                .mapToLong(ReplicaRows::rows)
                .sum();
    }

    List<Alert> alerts() {
        return Stream.of(here, there)
                .flatMap(server -> server.monitoring.alerts().stream())
                .toList();
    }

    void driftOnBoth() {
        for (int i = 0; i < 4; i++) {
            here.serve(300, 1.5);
            there.serve(300, 1.5);
            nextWindow();
        }
    }
}
