package dev.penstock.server.fast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

final class RefusalRestTest {
    private final List<Runnable> turn = new ArrayList<>();
    private final RefusalRest rest = new RefusalRest(turn::add);

    @Test
    void restsOnceHoweverManyWereRefusedInATurn() {
        rest.refused();
        rest.refused();

        assertThat(turn).hasSize(1);
    }

    @Test
    void restsAgainInALaterTurn() {
        rest.refused();
        turn.getFirst().run();
        rest.refused();

        assertThat(turn).hasSize(2);
    }

    @Test
    void doesNotRestWithoutARefusal() {
        assertThat(turn).isEmpty();
    }

    @Test
    void aLoopThatEndsRefusesWithoutRest() {
        RefusalRest ending = new RefusalRest(_ -> {
            throw new RejectedExecutionException("ends");
        });

        assertThatCode(ending::refused).doesNotThrowAnyException();
    }
}
