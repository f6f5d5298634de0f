package dev.penstock.server.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ModelKey;
import dev.penstock.monitor.drift.DriftReport;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.server.alerting.TestReceiver;
import dev.penstock.server.store.CountStore;
import dev.penstock.server.store.CountedWindow;
import dev.penstock.server.store.ModelStore;
import dev.penstock.server.store.StoreFixtures;
import dev.penstock.server.store.StoreSettings;
import dev.penstock.server.store.Stores;
import dev.penstock.server.store.TestPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Two servers with one record: drift is judged by the rows of both, and told once. The times are given.
@Timeout(400)
class SharedCountsTest {
    private static final ModelKey KEY = MonitoredServer.KEY;
    private static final Duration HOUR = Duration.ofHours(1);
    private static final long MINUTE = 60_000;

    /// Looks without time that passes, before some does.
    private static final int LOOKS = 2_000;

    @TempDir
    private Path folder;

    private ModelStore store;
    private MonitoredServer here;
    private MonitoredServer there;

    @BeforeEach
    void open() {
        open(Stores.open(new StoreSettings.Sqlite(folder.resolve("record.db"))));
    }

    private void open(ModelStore opened) {
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

    /// Both look until that is so. Time passes as little as it has to.
    private void await(BooleanSupplier condition, String what) {
        int[] looks = {0};
        TestReceiver.await(
                () -> {
                    looks[0]++;
                    long passing = looks[0] % LOOKS == 0 ? 10_000 : 0;
                    here.tick(passing);
                    there.tick(passing);
                    return condition.getAsBoolean();
                },
                what);
    }

    /// Both count by the baseline that one of them has learnt, and know of each other.
    private void learn() {
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
    private void nextWindow() {
        long end = (Math.max(here.nowMillis(), there.nowMillis()) / (5 * MINUTE) + 1) * 5 * MINUTE + 1_000;
        while (here.nowMillis() < end || there.nowMillis() < end) {
            here.tick(Math.min(20_000, end - here.nowMillis()));
            there.tick(Math.min(20_000, end - there.nowMillis()));
            await(() -> isHeard(here) && isHeard(there), "heard of");
        }
        await(() -> rows(here) == counted() && rows(there) == counted(), "both know all");
    }

    private boolean isHeard(MonitoredServer server) {
        CountStore.CountingServer heard = store.counts().servers().get(server.name);
        return heard != null && server.nowMillis() - heard.at() < 20_000;
    }

    private static long rows(MonitoredServer server) {
        return server.monitoring.evaluation(KEY, HOUR).rows();
    }

    /// What each counted itself in the last hour.
    private long counted() {
        return own(here) + own(there);
    }

    private static long own(MonitoredServer server) {
        return server.monitoring.evaluation(KEY, HOUR).replicas().stream()
                .filter(one -> one.server().equals(server.name) && one.lagMillis() == 0)
                .mapToLong(ReplicaRows::rows)
                .sum();
    }

    private List<Alert> alerts() {
        return Stream.of(here, there)
                .flatMap(server -> server.monitoring.alerts().stream())
                .toList();
    }

    private void driftOnBoth() {
        for (int i = 0; i < 4; i++) {
            here.serve(300, 1.5);
            there.serve(300, 1.5);
            nextWindow();
        }
    }

    @Test
    void theSumsAreThoseOfOneServerThatHasAll() {
        learn();
        here.serve(700, 0);
        there.serve(400, 0.5);
        nextWindow();

        Evaluation one = here.monitoring.evaluation(KEY, HOUR);
        Evaluation other = there.monitoring.evaluation(KEY, HOUR);
        assertThat(one.window()).isNotNull();
        assertThat(other.window()).isNotNull();
        assertThat(one.window().counts().counts())
                .isEqualTo(other.window().counts().counts());
        assertThat(psi(one)).isEqualTo(psi(other)).isPositive();
        assertThat(one.replicas()).extracting(ReplicaRows::server).containsExactly("server-1", "server-2");
        assertThat(one.replicas().stream().mapToLong(ReplicaRows::rows).sum()).isEqualTo(one.rows());
        assertThat(one.rows()).isGreaterThanOrEqualTo(1_100);
        assertThat(one.replicas().getFirst().lagMillis()).isZero();
    }

    private static double psi(Evaluation evaluation) {
        DriftReport report = evaluation.report();
        return report == null ? -1 : report.features().getFirst().distribution().psi();
    }

    @Test
    void countersAreOfOneServerSinceWhoeverScrapesThemAddsUp() {
        learn();
        here.serve(200, 0);
        long before = total(here);

        there.serve(400, 0);
        nextWindow();

        assertThat(rows(here)).isGreaterThanOrEqualTo(600);
        assertThat(total(here)).isEqualTo(before);
    }

    private static long total(MonitoredServer server) {
        Cumulative total = server.watched().total();
        return total == null ? -1 : total.recorded();
    }

    @Test
    void aDriftOfWhichEachHasHalfIsToldOnce() {
        learn();

        driftOnBoth();

        assertThat(alerts()).hasSize(1);
        assertThat(alerts().getFirst().clearedMillis()).isZero();
        assertThat(alerts().getFirst().rows()).as("of both").isGreaterThan(300);
        assertThat(Stream.of(here, there)
                        .mapToInt(one -> one.monitoring.activeAlerts().size())
                        .sum())
                .isOne();
    }

    private String teller() {
        return store.counts().watchers().getOrDefault(KEY, "nobody");
    }

    @Test
    void whoeverIsLeftTellsWhatIsSo() {
        learn();
        driftOnBoth();
        boolean isHere = teller().equals("server-1");
        MonitoredServer teller = isHere ? here : there;
        MonitoredServer other = isHere ? there : here;
        assertThat(other.monitoring.activeAlerts()).isEmpty();

        teller.record.reachable = false;
        TestReceiver.await(
                () -> {
                    other.tick(2_000);
                    return !other.monitoring.activeAlerts().isEmpty();
                },
                "the other tells");

        assertThat(store.counts().watchers()).containsEntry(KEY, other.name);
    }

    @Test
    void whileTheRecordIsAwayWhoeverIsLeftTells() {
        learn();
        boolean isHere = "server-1".equals(store.counts().watchers().get(KEY));
        MonitoredServer teller = isHere ? here : there;
        MonitoredServer other = isHere ? there : here;
        here.record.reachable = false;
        there.record.reachable = false;

        teller.close();
        TestReceiver.await(
                () -> {
                    other.serve(100, 1.5);
                    other.tick(9_000);
                    return !other.monitoring.activeAlerts().isEmpty();
                },
                "the other tells");

        assertThat(store.counts().watchers()).as("nobody could say so").containsEntry(KEY, teller.name);
        other.record.reachable = true;
        TestReceiver.await(
                () -> {
                    other.tick(2_000);
                    return other.name.equals(store.counts().watchers().get(KEY));
                },
                "its turn");
        assertThat(other.monitoring.alerts()).as("told once").hasSize(1);
    }

    @Test
    void whoEndsLeavesWhatItToldToTheOther() {
        learn();
        driftOnBoth();
        String teller = teller();
        MonitoredServer other = teller.equals("server-1") ? there : here;

        (teller.equals("server-1") ? here : there).close();
        int[] looks = {0};
        TestReceiver.await(
                () -> {
                    looks[0]++;
                    other.tick(looks[0] % LOOKS == 0 ? 10_000 : 0);
                    return !other.monitoring.activeAlerts().isEmpty();
                },
                "the other tells");

        assertThat(store.counts().watchers()).containsEntry(KEY, other.name);
    }

    @Test
    void aServerThatStartsAgainKnowsWhatWasCounted() {
        learn();
        here.serve(500, 0);
        there.serve(300, 0);
        nextWindow();
        here.serve(50, 0);
        long before = rows(here);
        here.close();

        MonitoredServer again = new MonitoredServer(store, "server-1", 9, here.nowMillis() + 5_000);
        here = again;
        TestReceiver.await(
                () -> {
                    again.tick(0);
                    return again.watched().baselineId().equals(there.watched().baselineId());
                },
                "read");
        again.serve(1, 0);
        await(() -> rows(again) >= before, "known");

        assertThat(again.monitoring.evaluation(KEY, HOUR).replicas())
                .extracting(ReplicaRows::server)
                .containsExactly("server-1", "server-1", "server-2");
        assertThat(again.monitoring.alerts()).isEmpty();
    }

    @Test
    void whoHasNoNewsWritesNothingAndOldRowsAreThinnedOut() {
        learn();
        int written = store.counts().of(KEY).size();
        for (int i = 0; i < 40; i++) {
            here.tick(MINUTE);
            there.tick(MINUTE);
        }
        assertThat(store.counts().of(KEY)).hasSize(written);

        for (int i = 0; i < 40; i++) {
            here.serve(100, 0);
            here.tick(5 * MINUTE);
            int[] rows = {0};
            await(
                    () -> {
                        List<CountedWindow> all = ofServer("server-1");
                        rows[0] = all.size();
                        return !all.isEmpty() && all.getLast().at() > here.nowMillis() - 6 * MINUTE;
                    },
                    "written");
            assertThat(rows[0]).isLessThanOrEqualTo(15 + 5);
        }
        assertThat(ofServer("server-1").stream().filter(CountedWindow::hourly)).hasSizeGreaterThan(2);
    }

    private List<CountedWindow> ofServer(String server) {
        return store.counts().of(KEY).stream()
                .filter(window -> window.server().equals(server))
                .toList();
    }

    @Test
    void soItIsWithADatabase() {
        close();
        open(StoreFixtures.open(TestPostgres.shared().newSchema()));

        learn();
        driftOnBoth();

        assertThat(rows(here)).isEqualTo(rows(there)).isGreaterThanOrEqualTo(2_400);
        assertThat(alerts()).hasSize(1);
    }
}
