package dev.penstock.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ReplySink;
import dev.penstock.router.split.BoundRoute;
import dev.penstock.router.split.RequestFacts;
import dev.penstock.router.waiting.WaitingRoom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RequestTapTest extends RouterTests {
    /// Remembers what it gave, and what of that was not taken.
    private static final class Tap implements RequestTap {
        private final List<ReplySink> given = new ArrayList<>();
        private final List<ReplySink> untaken = new ArrayList<>();

        @Override
        public ReplySink around(InferenceRequest request, @Nullable BoundRoute route, ReplySink sink) {
            ReplySink around = new AroundSink(sink);
            given.add(around);
            return around;
        }

        @Override
        public void untaken(ReplySink sink) {
            untaken.add(sink);
        }
    }

    private static final class AroundSink implements ReplySink {
        private final ReplySink sink;

        AroundSink(ReplySink sink) {
            this.sink = sink;
        }

        @Override
        public void resolved(ModelKey key) {
            sink.resolved(key);
        }

        @Override
        public void reply(InferenceReply reply) {
            sink.reply(reply);
        }

        @Override
        public void fail(ErrorCode code, String message) {
            sink.fail(code, message);
        }

        @Override
        public boolean abandoned() {
            return sink.abandoned();
        }
    }

    @Test
    void aTapIsToldOfWhatFailedBeforeItWasTakenAndOfNothingElse() {
        Tap tap = new Tap();
        try (WaitingRoom room = new WaitingRoom(WaitingRoom.Settings.STANDARD, () -> nowNanos)) {
            Router tapped = new Router(this::offer, (key, failure, rows, queued, ran) -> {}, () -> nowNanos, room, tap);
            FakeVersion version = new FakeVersion(1);
            tapped.publish(RouteTable.of(List.of(new ModelRoute("m", List.of(version), Set.of()))));

            tapped.infer(request("m", ""), outcome);
            accepting = false;
            tapped.infer(request("m", ""), outcome);
            tapped.infer(request("nobody", ""), outcome);
            assertThat(tap.given).hasSize(3);
            assertThat(tap.untaken).isEmpty();

            outcome.broken = true;
            assertThatThrownBy(() -> tapped.infer(request("m", ""), outcome)).hasMessage("a test's");
            assertThat(tap.untaken).containsExactly(tap.given.get(3));
            try (Addressed addressed = tapped.address("m", "", RequestFacts.NONE)) {
                assertThatThrownBy(() -> tapped.infer(request("m", ""), addressed, outcome))
                        .hasMessage("a test's");
            }
            assertThat(tap.untaken).containsExactly(tap.given.get(3), tap.given.get(4));
            assertThatThrownBy(() -> tapped.infer(request("nobody", ""), outcome))
                    .hasMessage("a test's");
            assertThat(tap.untaken).containsExactlyElementsOf(tap.given.subList(3, 6));
        }
    }
}
