package dev.penstock.core.batching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SplitRequestTest {
    private static final int PIECE_ROWS = 2;
    private static final RowLayout LAYOUT = RowLayout.of(new long[] {Float.BYTES}, new long[] {Float.BYTES});

    @Test
    void itsRunBeginsWithTheFirstOfItsPiecesAndEndsWithTheLastInWhateverOrderTheyAreTold() {
        FloatsCall whole = FloatsCall.of(1, 2, 3, 4, 5, 6);
        whole.keeps = true;
        SplitRequest split = new SplitRequest(whole, LAYOUT, PIECE_ROWS, QueueBytes.unbounded());
        split.piece(2).completed(ran(20, 30), 0);
        split.piece(0).completed(ran(-10, -5), 0);
        split.piece(1).completed(ran(5, 25), 0);

        assertThat(whole.answer).isCompleted();
        assertThat(split.startedNanos()).isEqualTo(-10);
        assertThat(split.endedNanos()).isEqualTo(30);
    }

    @Test
    void aRequestInPiecesThatExpiresIsCountedOnceAndNotAsAbandoned() {
        Workers polled = new Workers(1, () -> 0);
        Lane lane = polled.newLane(FakeBatchModel.free(PIECE_ROWS), LaneSettings.of(PIECE_ROWS, 64), true);
        FloatsCall late = FloatsCall.until(10_000_000, 1, 2, 3, 4, 5, 6);
        assertThat(lane.offer(late, 0, 0)).isEqualTo(Offer.TAKEN);
        lane.tick(10_000_000);

        assertThat(late.answer).isCompletedExceptionally();
        assertThat(lane.stats().expiredRequests()).isOne();
        assertThat(lane.stats().abandonedRequests()).isZero();
    }

    @Test
    void aRequestInPiecesWhoseCallerIsGoneIsCountedOnce() {
        Workers polled = new Workers(1, () -> 0);
        Lane lane = polled.newLane(FakeBatchModel.free(PIECE_ROWS), LaneSettings.of(PIECE_ROWS, 64), true);
        FloatsCall gone = FloatsCall.of(1, 2, 3, 4, 5, 6);
        assertThat(lane.offer(gone, 0, 0)).isEqualTo(Offer.TAKEN);
        gone.abandoned = true;
        lane.tick(10_000_000);

        assertThat(gone.answer).isCompletedExceptionally();
        assertThat(lane.stats().abandonedRequests()).isOne();
    }

    @Test
    void theMemoryOfItsAnswerIsMadeWhenThereIsSomethingToPutThere() {
        AtomicInteger made = new AtomicInteger();
        FloatsCall whole = FloatsCall.of(1, 2, 3, 4);
        SplitRequest split = new SplitRequest(whole, LAYOUT, PIECE_ROWS, QueueBytes.unbounded(), size -> {
            made.incrementAndGet();
            return ByteBuffer.allocateDirect(size);
        });
        assertThat(made).hasValue(0);
        split.piece(1).completed(ran(0, 1), 0);
        assertThat(made).hasValue(1);
        split.piece(0).completed(ran(1, 2), 0);

        assertThat(whole.answer).isCompleted();
        assertThat(made).hasValue(1);
    }

    @Test
    void aRequestForWhoseAnswerThereIsNoMemoryFailsAndSaysSo() {
        QueueBytes bytes = new QueueBytes(64);
        FloatsCall whole = FloatsCall.of(1, 2, 3, 4);
        SplitRequest split = new SplitRequest(whole, LAYOUT, PIECE_ROWS, bytes, size -> {
            throw new OutOfMemoryError("direct memory (this is a test)");
        });
        assertThat(split.tryReserve()).isTrue();
        split.piece(0).completed(ran(0, 1), 0);
        split.piece(1).completed(ran(1, 2), 0);

        FloatsCall.assertFailed(whole, ErrorCode.OVERLOADED);
        assertThat(whole.answer.exceptionNow()).hasMessageContaining("no memory now for the 16 bytes of the answer");
        assertThat(bytes.tryTakeAnswer(64))
                .as("what was reserved is given back")
                .isTrue();
    }

    @Test
    void answersThatArePutTogetherAreBoundedInBytes() throws Exception {
        QueueBytes bytes = new QueueBytes(6L * FakeBatchModel.ROW_BYTES);
        Workers polled = new Workers(1, () -> 0);
        Lane lane = polled.newLane(
                FakeBatchModel.free(PIECE_ROWS),
                LaneSettings.of(PIECE_ROWS, 64),
                true,
                new LaneShared(new LaneStats(), bytes));
        assertThat(lane.maxRequestRows()).isEqualTo(6);
        assertThat(lane.offer(FloatsCall.of(new float[7]), 0, 0)).isEqualTo(Offer.TOO_MANY_ROWS);
        FloatsCall first = FloatsCall.of(1, 2, 3, 4);
        assertThat(lane.offer(first, 0, 0)).isEqualTo(Offer.TAKEN);
        assertThat(bytes.tryTakeAnswer(3L * FakeBatchModel.ROW_BYTES)).isFalse();
        run(polled);

        assertThat(first.answer.get()).containsExactly(2, 4, 6, 8);
        assertThat(lane.offer(FloatsCall.of(new float[6]), 0, 0)).isEqualTo(Offer.TAKEN);
        assertThat(lane.offer(FloatsCall.of(new float[3]), 0, 0)).isEqualTo(Offer.TOO_MANY_BYTES);
        run(polled);
        assertThat(lane.offer(FloatsCall.of(new float[6]), 0, 0))
                .as("with its outcome an answer is its door's")
                .isEqualTo(Offer.TAKEN);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 6})
    void aRequestForWhichThereIsNoMemoryIsTurnedAwayAndLeavesNothing(int rows) throws Exception {
        QueueBytes bytes = new QueueBytes(6L * FakeBatchModel.ROW_BYTES);
        Workers polled = new Workers(1, () -> 0);
        Lane lane = polled.newLane(
                FakeBatchModel.free(PIECE_ROWS),
                LaneSettings.of(PIECE_ROWS, 64),
                true,
                new LaneShared(new LaneStats(), bytes));
        FloatsCall unlucky = FloatsCall.of(new float[rows]);
        unlucky.whenCopied = () -> {
            throw new OutOfMemoryError("of the heap (this is a test)");
        };
        assertThat(lane.offer(unlucky, 0, 0)).isEqualTo(Offer.QUEUE_FULL);
        assertThat(lane.stats().refused(Offer.QUEUE_FULL)).isOne();
        run(polled);
        FloatsCall next = FloatsCall.of(1, 2, 3, 4, 5, 6);
        assertThat(lane.offer(next, 0, 0)).isEqualTo(Offer.TAKEN);
        run(polled);

        assertThat(next.answer.get()).containsExactly(2, 4, 6, 8, 10, 12);
        assertThat(unlucky.answer).isNotDone();
        assertThat(lane.queuedRows()).isZero();
    }

    private static void run(Workers polled) {
        for (Work work = polled.poll(Thread.currentThread());
                work != null;
                work = polled.poll(Thread.currentThread())) {
            work.work(0);
        }
    }

    private static RanOutputs ran(long startedNanos, long endedNanos) {
        long memory =
                Arena.global().allocate(PIECE_ROWS * LAYOUT.outputRowBytes(0)).address();
        return new RanOutputs(memory, Float.BYTES, startedNanos, endedNanos);
    }
}
