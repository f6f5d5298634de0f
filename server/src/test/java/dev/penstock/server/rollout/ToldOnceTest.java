package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.Command;
import dev.penstock.router.rollout.Wish;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What becomes of a rollout of several servers is told once, whoever writes it and hears of that.
final class ToldOnceTest extends SeveralServersTests {
    @Test
    void whatTheDriverDecidedAndWroteWithoutBeingToldIsToldOnce() {
        driver.records.losesChanges = true;
        driver.serve("lookup", 100, 40);
        driver.tick(1);
        assertThat(driver.recorded(id).phase()).as("it is written").isEqualTo("rolling-back");
        assertThat(told("rolling-back")).isZero();
        driver.records.losesChanges = false;
        driver.tick(12);

        assertThat(driver.recorded(id).phase()).isEqualTo("rolled-back");
        assertThat(told("rolling-back")).isEqualTo(1);
        assertThat(told("rolled-back")).isEqualTo(1);
    }

    private static Wish wish(Command command) {
        return new Wish(command, "ana", "it looks odd");
    }

    @Test
    void aWordThatAnotherServerWroteWithoutBeingToldIsToldOnce() {
        other.records.losesChanges = true;
        assertThatThrownBy(() -> other.rollouts.act(id, wish(Command.PAUSE))).isInstanceOf(ServingException.class);
        other.records.losesChanges = false;
        assertThat(driver.recorded(id).phase()).as("it is written").isEqualTo("paused");
        tick(8);

        assertThat(told("paused") + told(other, "paused")).isEqualTo(1);
        assertThat(driver.events)
                .filteredOn(event -> event.contains("\"paused\""))
                .singleElement()
                .asString()
                .contains("rollout.phase-changed.v1 lookup", "\"actor\":\"ana\"", "it looks odd");
    }

    @Test
    void aWordThatAnotherServerWroteIsToldOnceAlsoIfTheAnswersOfWhoDrivesAreLost() {
        assertThat(other.rollouts.act(id, wish(Command.PAUSE)).id()).isEqualTo(id);
        driver.records.losesAnswers = true;
        driver.records.losesChanges = true;
        driver.tick(8);
        driver.records.losesAnswers = false;
        driver.records.losesChanges = false;
        assertThat(other.rollouts.act(id, wish(Command.RESUME)).id()).isEqualTo(id);
        tick(16);

        assertThat(told("paused") + told(other, "paused")).isEqualTo(1);
        assertThat(told("resumed") + told(other, "resumed")).isEqualTo(1);
    }

    @Test
    void aWordIsToldByWhoTakesOverIfNobodyDrives() {
        other.records.losesChanges = true;
        assertThatThrownBy(() -> other.rollouts.act(id, wish(Command.PAUSE))).isInstanceOf(ServingException.class);
        other.records.losesChanges = false;
        other.tick(15);
        assertThat(told(other, "paused")).isZero();
        other.tick(15);
        tick(3);

        assertThat(driver.recorded(id).owner()).isEqualTo("there");
        assertThat(told("paused") + told(other, "paused")).isEqualTo(1);
    }

    private long told(String decision) {
        return told(driver, decision);
    }

    private static long told(RolloutWorld server, String decision) {
        return server.rollouts.decisions().entrySet().stream()
                .filter(each -> each.getKey().decision().equals(decision))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }
}
