package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ServingException;
import dev.penstock.server.store.RolloutEventRecord;
import io.netty.handler.codec.http.FullHttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// How a stream of events ends.
class RolloutStreamTest {
    private final List<RolloutEventRecord> happened = new ArrayList<>();
    private final List<String> sent = new ArrayList<>();
    private int room = Integer.MAX_VALUE;
    private boolean gone;

    private final RolloutStream.Events events = new RolloutStream.Events() {
        @Override
        public boolean areOver() {
            return true;
        }

        @Override
        public List<RolloutEventRecord> after(long number, int most) {
            return happened.stream().filter(event -> event.seq() > number).toList();
        }
    };

    private final RolloutStream.Client client = new RolloutStream.Client() {
        @Override
        public boolean takes(byte[] part) {
            if (room == 0) {
                return false;
            }
            room--;
            sent.add(new String(part, StandardCharsets.UTF_8));
            return true;
        }

        @Override
        public boolean isGone() {
            return gone;
        }
    };

    private int run(long after) {
        FullHttpResponse end = new RolloutStream(events, client, after, 2).run().get();
        end.release();
        return end.status().code();
    }

    private void happens(long number) {
        happened.add(new RolloutEventRecord("r", number, Instant.EPOCH, "{\"kind\":\"step\"}"));
    }

    @Test
    void whatIsOverIsToldToItsEnd() {
        happens(1);
        happens(2);

        assertThat(run(0)).isEqualTo(200);
        assertThat(sent).hasSize(2).last().asString().startsWith("id: 2\n");
    }

    @Test
    void whoKnowsAllOfItIsNotToAskAgain() {
        happens(1);

        assertThat(run(1)).isEqualTo(204);
    }

    @Test
    void whereThereIsNoRoomForTheFirstEventTheClientIsToComeAgain() {
        happens(1);
        room = 0;

        assertThatThrownBy(() -> run(0))
                .isInstanceOfSatisfying(ServingException.class, refused -> {
                    assertThat(RestErrors.of(refused).status().code()).isEqualTo(503);
                    assertThat(RestErrors.of(refused).headers().get("retry-after"))
                            .isEqualTo("1");
                })
                .hasMessageContaining("no room");
    }

    @Test
    void whereThereIsNoRoomForALaterOneTheStreamEnds() {
        happens(1);
        happens(2);
        room = 1;

        assertThat(run(0)).isEqualTo(200);
        assertThat(sent).hasSize(1);
    }

    @Test
    void whoIsGoneIsToldNothing() {
        happens(1);
        gone = true;

        assertThat(run(0)).isEqualTo(204);
        assertThat(sent).isEmpty();
    }
}
