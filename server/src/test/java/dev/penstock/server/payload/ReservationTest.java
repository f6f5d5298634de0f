package dev.penstock.server.payload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.NanoClock;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Two destinations, of which one takes nothing until it is let.
@Timeout(240)
class ReservationTest {
    private static final long MOST = 1000;
    private static final PayloadRecord RECORD = Records.of("a", List.of(Records.floats("x", 1)), List.of());

    private final CountDownLatch held = new CountDownLatch(1);
    private final RecordQueue stuck = queue("stuck", held);
    private final RecordQueue brisk = queue("brisk", new CountDownLatch(0));

    private static RecordQueue queue(String name, CountDownLatch until) {
        RecordQueue.Destination destination = new RecordQueue.Destination() {
            @Override
            public void write(PayloadRecord record) {
                boolean interrupted = false;
                while (until.getCount() > 0 && !interrupted) {
                    LockSupport.parkNanos(1_000_000);
                    interrupted = Thread.currentThread().isInterrupted();
                }
            }

            @Override
            public void close() {}
        };
        Redactor redactor = new Redactor(List.of(), "key".getBytes(StandardCharsets.UTF_8));
        return new RecordQueue(name, destination, redactor, new ByteRoom(MOST), NanoClock.SYSTEM);
    }

    @AfterEach
    void close() {
        held.countDown();
        stuck.close();
        brisk.close();
    }

    private Reservation reserve(long bytes) {
        return Objects.requireNonNull(Reservation.of(List.of(stuck, brisk), bytes));
    }

    /// The test's own limit ends this.
    private static void awaitWritten(RecordQueue queue, long records) {
        while (queue.written() < records) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void aDestinationThatTakesNothingIsInNobodysWay() {
        for (int i = 1; i <= 50; i++) {
            Reservation one = reserve(100);
            assertThat(one.grow(100)).isTrue();
            one.hand(RECORD);
            awaitWritten(brisk, i);
        }

        assertThat(brisk.dropped()).isZero();
        assertThat(brisk.heldBytes()).isZero();
        assertThat(stuck.written()).isZero();
        assertThat(stuck.dropped()).isEqualTo(45);
        assertThat(stuck.heldBytes()).isEqualTo(MOST);
        held.countDown();
        awaitWritten(stuck, 5);
        assertThat(stuck.heldBytes()).isZero();
    }

    @Test
    void whatIsUnderWayHoldsRoomToo() {
        Reservation first = reserve(600);

        assertThat(Reservation.of(List.of(stuck, brisk), 600)).isNull();
        first.release();
        first.release();
        assertThat(brisk.heldBytes()).isZero();
        reserve(600).release();
        assertThat(stuck.heldBytes()).isZero();
    }

    @Test
    void whoHasNoRoomForMoreGivesBackWhatItHeld() {
        Reservation one = reserve(600);

        assertThat(one.grow(600)).isFalse();
        assertThat(brisk.heldBytes()).isZero();
        assertThat(brisk.dropped()).isOne();
    }
}
