package dev.penstock.server.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ModelKey;
import dev.penstock.server.memory.Holding.Hold;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class MemoryLedgerTest {
    private static final long MIB = 1 << 20;
    private static final ModelKey KEY = new ModelKey("m", 1);

    private final MemoryLedger ledger = new MemoryLedger(10 * MIB, () -> 100);

    @Test
    void whatIsTakenIsHeldUntilItIsClosed() {
        try (MemoryLedger.Share share = ledger.take(KEY, Footprint.ofFiles(3 * MIB, 1))) {
            assertThat(share.key()).isEqualTo(KEY);
            assertThat(ledger.holdings()).containsExactly(new Holding(1, KEY, 4 * MIB, Hold.RESIDENT, 0));
            assertThat(ledger.room(6 * MIB)).isInstanceOf(Room.Fits.class);
            assertThat(ledger.room(6 * MIB + 1)).isInstanceOf(Room.Never.class);

            share.measured(5 * MIB);
            assertThat(ledger.room(6 * MIB)).isInstanceOf(Room.Never.class);
            assertThat(share.footprint().measuredBytes()).isEqualTo(5 * MIB);
        }
        assertThat(ledger.holdings()).isEmpty();
        assertThat(ledger.room(10 * MIB)).isInstanceOf(Room.Fits.class);
    }

    @Test
    void whatIsThereAlreadyIsNotInItsOwnWay() {
        try (MemoryLedger.Share other = ledger.take(KEY, Footprint.ofFiles(3 * MIB, 1));
                MemoryLedger.Share share = ledger.take(KEY, Footprint.ofFiles(2 * MIB, 1))) {
            share.measured(6 * MIB);
            assertThat(ledger.room(share)).isEqualTo(new Room.Fits(List.of()));
            assertThat(ledger.room(other)).isEqualTo(new Room.Fits(List.of()));
            share.measured(6 * MIB + 1);
            assertThat(ledger.room(share)).isInstanceOf(Room.Never.class);
        }
    }

    @Test
    void whatIsLoadedSaysHowItIsUsed() {
        AtomicReference<Hold> hold = new AtomicReference<>(Hold.IDLE);
        try (MemoryLedger.Share share = ledger.take(KEY, Footprint.ofFiles(0, 1))) {
            share.heldBy(new MemoryLedger.Use() {
                @Override
                public Hold hold() {
                    return hold.get();
                }

                @Override
                public long lastUsedNanos() {
                    return 77;
                }

                @Override
                public int leases() {
                    return 3;
                }
            });
            assertThat(ledger.holdings()).containsExactly(new Holding(share.id(), KEY, MIB, Hold.IDLE, 77));
            assertThat(share.leases()).isEqualTo(3);
            assertThat(ledger.room(10 * MIB)).isEqualTo(new Room.Fits(ledger.holdings()));

            hold.set(Hold.BUSY);
            assertThat(ledger.room(10 * MIB)).isInstanceOf(Room.Later.class);
        }
    }
}
