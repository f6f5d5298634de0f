package dev.penstock.server.fast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.netty.channel.DefaultEventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

final class RefusalRestTest {
    private final List<Runnable> turn = new ArrayList<>();
    private final List<String> done = new ArrayList<>();
    private final RefusalRest rest = new RefusalRest(turn::add, () -> done.add("rest"));

    @Test
    void restsOnceHoweverManyWereRefusedInATurn() {
        rest.refused();
        rest.refused();
        endTurn();

        assertThat(done).containsExactly("rest");
    }

    @Test
    void restsAgainInALaterTurn() {
        rest.refused();
        endTurn();
        rest.refused();
        endTurn();

        assertThat(done).containsExactly("rest", "rest");
    }

    @Test
    void whatItsTurnSetOffComesFirst() {
        DefaultEventLoop loop = new DefaultEventLoop();
        try {
            RefusalRest late = new RefusalRest(loop::executeAfterEventLoopIteration, () -> done.add("rest"));
            loop.submit(() -> {
                        late.refused();
                        loop.execute(() -> done.add("an answer"));
                    })
                    .syncUninterruptibly();
        } finally {
            // What it has accepted it does.
            loop.shutdownGracefully().syncUninterruptibly();
        }

        assertThat(done).containsExactly("an answer", "rest");
    }

    @Test
    void aLoopThatEndsRefusesWithoutRest() {
        RefusalRest ending = new RefusalRest(
                _ -> {
                    throw new RejectedExecutionException("ends");
                },
                () -> done.add("rest"));

        assertThatCode(ending::refused).doesNotThrowAnyException();
        assertThat(done).isEmpty();
    }

    private void endTurn() {
        List<Runnable> tasks = List.copyOf(turn);
        turn.clear();
        tasks.forEach(Runnable::run);
    }
}
