package dev.penstock.core.batching;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class SplitRequestTest {
    private static final int PIECE_ROWS = 2;
    private static final RowLayout LAYOUT = RowLayout.of(new long[] {Float.BYTES}, new long[] {Float.BYTES});

    @Test
    void itsRunBeginsWithTheFirstOfItsPiecesAndEndsWithTheLastInWhateverOrderTheyAreTold() {
        FloatsCall whole = FloatsCall.of(1, 2, 3, 4, 5, 6);
        whole.keeps = true;
        SplitRequest split = new SplitRequest(whole, LAYOUT, PIECE_ROWS);
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

    private static RanOutputs ran(long startedNanos, long endedNanos) {
        long memory =
                Arena.global().allocate(PIECE_ROWS * LAYOUT.outputRowBytes(0)).address();
        return new RanOutputs(memory, Float.BYTES, startedNanos, endedNanos);
    }
}
