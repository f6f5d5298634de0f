package dev.penstock.server.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StreamedBodyTest {
    private static final int PIECE = 64 * 1024;

    private final AtomicInteger awaited = new AtomicInteger();
    private final AtomicInteger room = new AtomicInteger();
    private final StreamedBody body = new StreamedBody(true, awaited::incrementAndGet, room::incrementAndGet);
    private final List<ByteBuf> pieces = new ArrayList<>();

    private boolean offer(int bytes) {
        ByteBuf piece = Unpooled.buffer(bytes).writeZero(bytes);
        pieces.add(piece);
        return body.offer(piece);
    }

    @Test
    void aReaderThatIsBehindStopsTheSenderAndStartsItAgain() throws IOException {
        assertThat(offer(PIECE)).isTrue();
        assertThat(offer(PIECE)).isTrue();
        assertThat(offer(PIECE)).isTrue();
        assertThat(offer(PIECE)).isFalse();

        assertThat(body.readNBytes(PIECE)).hasSize(PIECE);
        assertThat(room).hasValue(0);
        assertThat(body.readNBytes(PIECE)).hasSize(PIECE);
        assertThat(room).hasValue(1);
        assertThat(awaited).hasValue(0);
    }

    @Test
    void itEndsWhenAllHasArrived() throws IOException {
        offer(3);
        body.finish();

        assertThat(body.readAllBytes()).hasSize(3);
        assertThat(body.read()).isEqualTo(-1);
        assertThat(body.failure()).isNull();
    }

    @Test
    void aFailureIsThrownAtOnceAndNothingStaysInMemory() {
        offer(3);
        BodyFailure gone = new BodyFailure(new HeadRules.Refusal(HttpResponseStatus.BAD_REQUEST, "gone"));
        body.fail(gone);
        offer(3);

        assertThatExceptionOfType(BodyFailure.class).isThrownBy(body::read).isSameAs(gone);
        pieces.forEach(piece -> {
            piece.release();
            assertThat(piece.refCnt()).isZero();
        });
    }

    @Test
    void theSenderIsAskedForTheBodyWhenTheReaderFirstWaits() throws Exception {
        Thread reader = Thread.ofVirtual().start(() -> {
            try {
                body.readAllBytes();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        while (awaited.get() == 0) {
            Thread.onSpinWait();
        }
        offer(5);
        body.finish();
        reader.join();

        assertThat(awaited).hasValue(1);
    }

    @Test
    void whatIsSkippedIsBounded() throws IOException {
        offer(PIECE);
        offer(PIECE);
        body.skipRest(PIECE);
        body.finish();

        assertThat(body.readAllBytes()).hasSize(PIECE);
    }
}
