package dev.penstock.server.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.monitor.drift.DriftReport;
import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.server.alerting.TestReceiver;
import dev.penstock.server.store.CountedWindow;
import dev.penstock.server.store.StoreFixtures;
import dev.penstock.server.store.TestPostgres;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Two servers with one record: drift is judged by the rows of both.
class SharedCountsTest extends SharedCountsTests {
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
