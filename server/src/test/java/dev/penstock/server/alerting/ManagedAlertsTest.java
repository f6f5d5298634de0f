package dev.penstock.server.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ManagedAlertsTest {
    private static final long MINUTE = 60_000;

    private final ManagedAlerts alerts = new ManagedAlerts(new Backoff(new SplittableRandom(1), Duration.ofSeconds(1)));

    @Test
    void whatIsActiveIsRepeatedAndWhatIsOverIsSaidOnce() {
        Concern active = Concerns.critical(1_000);
        alerts.see(List.of(active), MINUTE);
        assertThat(told(MINUTE)).containsExactly(0L);
        assertThat(told(MINUTE + 1)).isEmpty();

        alerts.see(List.of(active), 2 * MINUTE);
        assertThat(told(2 * MINUTE)).containsExactly(0L);
        alerts.see(List.of(), 2 * MINUTE + 5);
        assertThat(told(2 * MINUTE + 5)).containsExactly(2 * MINUTE + 5);
        alerts.see(List.of(), 4 * MINUTE);
        assertThat(told(4 * MINUTE)).isEmpty();
        assertThat(alerts.dueMillis()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void whatGetsWorseEndsTheOneAndBeginsAnother() {
        alerts.see(List.of(Concerns.warning(1_000)), 2_000);
        assertThat(told(2_000)).containsExactly(0L);

        alerts.see(List.of(Concerns.critical(1_000)), 3_000);

        assertThat(told(3_000)).containsExactlyInAnyOrder(3_000L, 0L);
    }

    @Test
    void anEndThatCouldNotBeSaidIsForgottenOnceItIsKnownAnyway() {
        alerts.see(List.of(Concerns.warning(1_000)), 2_000);
        assertThat(told(2_000)).hasSize(1);
        alerts.see(List.of(), 3_000);
        long now = 3_000;
        for (int i = 0; i < 10; i++) {
            alerts.see(List.of(), now);
            if (!alerts.due(now).isEmpty()) {
                alerts.failed(now, 0);
                assertThat(alerts.dueMillis() - now).isLessThanOrEqualTo(MINUTE);
            }
            now += MINUTE;
        }
        assertThat(alerts.due(now)).isEmpty();
    }

    @Test
    void itIsWrittenAsAlertmanagerReadsIt() {
        Concern over = Concerns.warning(1_000);
        List<ManagedAlerts.Told> both =
                List.of(new ManagedAlerts.Told(Concerns.critical(61_000), 0), new ManagedAlerts.Told(over, 31_000));

        JsonNode json = JsonMapper.shared().readTree(AlertmanagerChannel.json(both, "eu1", 120_000));

        JsonNode active = json.path(0);
        assertThat(active.path("labels").path("alertname").asString()).isEqualTo("ModelDrift");
        assertThat(active.path("labels").path("model").asString()).isEqualTo("fraud");
        assertThat(active.path("labels").path("version").asString()).isEqualTo("8");
        assertThat(active.path("labels").path("severity").asString()).isEqualTo("critical");
        assertThat(active.path("labels").path("gateway").asString()).isEqualTo("eu1");
        assertThat(active.path("startsAt").asString()).isEqualTo("1970-01-01T00:01:01Z");
        assertThat(active.path("endsAt").asString()).isEqualTo("1970-01-01T00:06:00Z");
        assertThat(active.path("annotations").path("summary").asString()).isEqualTo("fraud version 8 has drifted");
        assertThat(json.path(1).path("endsAt").asString()).isEqualTo("1970-01-01T00:00:31Z");
    }

    /// The ends of what it is told now, which arrives.
    private List<Long> told(long nowMillis) {
        List<ManagedAlerts.Told> batch = alerts.due(nowMillis);
        if (!batch.isEmpty()) {
            alerts.accepted(batch, nowMillis);
        }
        return batch.stream().map(ManagedAlerts.Told::endsMillis).toList();
    }
}
