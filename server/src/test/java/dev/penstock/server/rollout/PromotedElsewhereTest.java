package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.Command;
import dev.penstock.router.rollout.Wish;
import dev.penstock.router.split.Target;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A guard of one server speaks against whom another server promotes.
final class PromotedElsewhereTest extends SeveralServersTests {
    private static final String ROUTE = "front";

    private String promoted = "";

    @BeforeEach
    void promote() {
        driver.promoteAlias("stable", 1);
        promoted = driver.start(ROUTE, Target.alias("lookup", "stable"));
        tick(8);
        var _ = driver.rollouts.act(promoted, new Wish(Command.PROMOTE, "ana", ""));
        assertThat(phase()).isEqualTo("promoting");
        other.tick(1);
        other.trip(ROUTE);
    }

    private String phase() {
        return driver.recorded(promoted).phase();
    }

    private void refuse() {
        driver.admin.refuse(new ServingException(ErrorCode.NOT_FOUND, "it is not there"));
    }

    @Test
    void whoIsSilentIsNotRefused() {
        other.tick(10);
        assertThat(phase()).isEqualTo("promoting");

        tick(8);
        assertThat(phase()).isEqualTo("completed");
        assertThat(driver.stable()).isEqualTo(2);
    }

    @Test
    void whatStaysThoughTheDriverWritesIsTakenBack() {
        refuse();
        tick(12);
        assertThat(phase()).isIn("rolling-back", "rolled-back");
        assertThat(driver.recorded(promoted).state()).contains("20 failures one after another");
    }

    @Test
    void whoTakesOverHasPatienceOfItsOwn() {
        refuse();
        other.tick(2);
        other.trips.clear();
        other.tick(68);
        assertThat(driver.recorded(promoted).owner()).isEqualTo("there");
        assertThat(phase()).isEqualTo("promoting");

        other.tick(25);
        assertThat(phase()).isIn("rolling-back", "rolled-back");
    }
}
