package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.Observation.Readiness;
import dev.penstock.router.rollout.Observation.Readiness.State;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What servers say to each other of whether candidates can serve.
final class StandingTest {
    private static final Readiness LOADING = new Readiness(State.WAITING, "it is being loaded");
    private static final Readiness FAILED = new Readiness(State.FAILED, "no memory");

    private final StandingNews news = new StandingNews();
    private final Elsewhere elsewhere = new Elsewhere();

    @Test
    void itIsReadAsItWasWrittenAndTakenForNothingThatWasCounted() {
        Standing standing = new Standing("there", Map.of("canary", LOADING, "other", FAILED));
        String row = standing.write();

        assertThat(Standing.is(row)).isTrue();
        assertThat(Standing.read(row)).isEqualTo(standing);
        assertThat(Standing.is("[]")).isFalse();
        assertThatThrownBy(() -> StateJson.readEpochs(row)).isInstanceOf(ServingException.class);
        assertThatThrownBy(() -> Standing.read("standing {"))
                .isInstanceOf(ServingException.class)
                .hasMessageContaining("cannot be read");
    }

    @Test
    void whatCannotServeIsSaidAgainAndThatItCanOnce() {
        news.seen(Map.of("canary", Readiness.READY), 0);
        assertThat(news.isDue(0)).as("nobody waits for it").isFalse();
        news.seen(Map.of("canary", LOADING), 1_000);
        assertThat(news.isDue(1_000)).isTrue();
        news.said(1_000);
        assertThat(news.isDue(5_999)).isFalse();
        assertThat(news.isDue(6_000)).isTrue();

        news.seen(Map.of("canary", Readiness.READY), 7_000);
        assertThat(news.isDue(7_000)).isTrue();
        assertThat(news.now()).isEmpty();
        news.said(7_000);
        assertThat(news.isDue(60_000)).isFalse();
    }

    @Test
    void whatFailedAMomentAgoMayBeLoadedOnceMore() {
        news.seen(Map.of("canary", FAILED), 0);
        assertThat(news.now().get("canary")).extracting(Readiness::state).isEqualTo(State.WAITING);
        news.seen(Map.of("canary", LOADING), 5_000);
        news.seen(Map.of("canary", FAILED), 9_000);
        news.seen(Map.of("canary", FAILED), 18_999);
        assertThat(news.now().get("canary")).extracting(Readiness::state).isEqualTo(State.WAITING);
        news.seen(Map.of("canary", FAILED), 19_000);
        assertThat(news.now()).containsEntry("canary", FAILED);
    }

    @Test
    void whetherItFitsIsForWhoDrivesItToSay() {
        news.seen(Map.of("canary", new Readiness(State.UNFIT, "it takes FP32")), 0);
        assertThat(news.now().get("canary")).extracting(Readiness::state).isEqualTo(State.WAITING);
    }

    @Test
    void theWorstCountsUntilItsServerIsSilent() {
        Map<String, Readiness> here = Map.of("canary", Readiness.READY);
        elsewhere.heard("b/1", 1, new Standing("b", Map.of("canary", LOADING)), 0);
        elsewhere.heard("c/1", 1, new Standing("c", Map.of("canary", FAILED, "unknown", FAILED)), 5_000);
        assertThat(elsewhere.with(here, 6_000))
                .isEqualTo(Map.of("canary", new Readiness(State.FAILED, "on c: no memory")));

        elsewhere.heard("c/1", 2, new Standing("c", Map.of()), 7_000);
        elsewhere.heard("c/1", 1, new Standing("c", Map.of("canary", FAILED)), 8_000);
        assertThat(elsewhere.with(here, 20_000))
                .isEqualTo(Map.of("canary", new Readiness(State.WAITING, "on b: it is being loaded")));
        assertThat(elsewhere.with(here, 20_001)).isEqualTo(here);
    }
}
