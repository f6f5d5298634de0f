package dev.penstock.server.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.alerting.TestReceiver;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Two servers with one record: a drift is told once, by whoever is left.
class SharedAlertsTest extends SharedCountsTests {
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
        await(List.of(other), () -> !other.monitoring.activeAlerts().isEmpty(), "the other tells");

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
        await(List.of(other), () -> other.name.equals(store.counts().watchers().get(KEY)), "its turn");
        assertThat(other.monitoring.alerts()).as("told once").hasSize(1);
    }

    @Test
    void whoEndsLeavesWhatItToldToTheOther() {
        learn();
        driftOnBoth();
        String teller = teller();
        MonitoredServer other = teller.equals("server-1") ? there : here;

        (teller.equals("server-1") ? here : there).close();
        await(List.of(other), () -> !other.monitoring.activeAlerts().isEmpty(), "the other tells");

        assertThat(store.counts().watchers()).containsEntry(KEY, other.name);
    }
}
