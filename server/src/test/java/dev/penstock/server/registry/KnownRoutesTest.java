package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.store.Recorded;
import dev.penstock.server.store.RouteRecord;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KnownRoutesTest {
    private final KnownRoutes known = new KnownRoutes();
    private final AtomicInteger told = new AtomicInteger();

    @BeforeEach
    void listen() {
        known.onChange(told::incrementAndGet);
    }

    private static RouteRecord route(String name, long revision) {
        return new RouteRecord(name, revision, 1, 1, "{}", Instant.EPOCH, "ann");
    }

    private static Recorded recorded(long revision, long lastRollout, RouteRecord... routes) {
        return new Recorded(revision, List.of(), List.of(routes), lastRollout);
    }

    @Test
    void whatIsReadLateTakesNothingBack() {
        known.learn(recorded(2, 0, route("a", 1), route("b", 2)));
        known.learn(route("a", 4));
        known.learn(route("c", 5));
        known.learnDeleted("b", 6);

        known.learn(recorded(3, 0, route("a", 1), route("b", 2)));

        assertThat(known.all()).containsExactly(route("a", 4), route("c", 5));
    }

    @Test
    void whatIsGoneFromTheRecordIsGone() {
        known.learn(recorded(2, 0, route("a", 1), route("b", 2)));
        known.learn(recorded(3, 0, route("b", 2)));
        assertThat(known.all()).containsExactly(route("b", 2));

        known.learnDeleted("b", 4);
        known.learn(recorded(5, 0, route("b", 5)));
        assertThat(known.all()).as("made again").containsExactly(route("b", 5));
    }

    @Test
    void aRecordThatWentBackInTimeTakesThePlaceOfAll() {
        known.learn(recorded(9, 0, route("a", 9)));
        known.learnAnew(recorded(4, 0, route("a", 3), route("b", 4)));

        assertThat(known.all()).containsExactly(route("a", 3), route("b", 4));
    }

    @Test
    void whatWasDeletedByAnotherServerDoesNotComeBack() {
        known.learn(recorded(9, 0));
        // This server wrote it with revision 10, another one deleted it with 11, and that was read first.
        known.learn(recorded(11, 0));
        known.learn(route("a", 10));
        assertThat(known.all()).isEmpty();

        known.learn(route("a", 12));
        assertThat(known.all()).containsExactly(route("a", 12));
        known.learnAnew(recorded(4, 0));
        known.learn(route("a", 5));
        assertThat(known.all()).as("of a record that was restored").containsExactly(route("a", 5));
    }

    @Test
    void whatIsRecalledTakesNothingAway() {
        known.learn(route("a", 4));
        known.recall(List.of(route("a", 3), route("b", 1)));

        assertThat(known.all()).containsExactly(route("a", 4), route("b", 1));
    }

    @Test
    void whoListensIsToldOfNewsOnly() {
        known.learn(recorded(0, 0));
        assertThat(told).as("it was read").hasValue(1);
        known.learn(recorded(3, 0));
        assertThat(told).hasValue(1);
        known.learn(recorded(4, 4));
        assertThat(told).as("of a rollout").hasValue(2);
        known.learnRollout(4);
        assertThat(told).hasValue(2);
        known.learn(route("a", 5));
        known.learn(route("a", 5));
        known.learn(recorded(5, 4, route("a", 5)));
        assertThat(told).hasValue(3);
        known.learnDeleted("a", 6);
        known.learnDeleted("a", 6);
        assertThat(told).hasValue(4);
    }
}
