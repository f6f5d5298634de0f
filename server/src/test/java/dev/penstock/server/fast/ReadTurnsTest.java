package dev.penstock.server.fast;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.channel.nio.NioIoHandler;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// On a real loop, whose time is what the test says.
@Timeout(240)
class ReadTurnsTest {
    private static final int GREEDY = 1;
    private static final int POLITE = 2;
    private static final long MICRO = 1_000;
    private static final long MILLI = 1_000_000;

    private final AtomicLong nowNanos = new AtomicLong();
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final SingleThreadEventLoop loop = (SingleThreadEventLoop) group.next();
    private final ReadTurns turns = new ReadTurns(loop, nowNanos::get);

    /// What happened on the loop, in its order.
    private final List<String> log = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        group.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /// A connection with so many reads to decode, each of which takes some time.
    private final class Connection implements ReadTurns.Reader {
        private final String name;
        private final long readNanos;
        private int left;

        Connection(String name, int reads, long readNanos) {
            this.name = name;
            this.left = reads;
            this.readNanos = readNanos;
        }

        @Override
        public boolean readSome() {
            log.add(name);
            nowNanos.addAndGet(readNanos);
            left--;
            return left > 0;
        }
    }

    @Test
    void whoeverReadsAloneNeverWaits() throws Exception {
        onLoop(() -> {
            read(GREEDY, 100 * MILLI);
            assertThat(turns.mustWait(GREEDY, nowNanos.get())).isFalse();
        });
    }

    @Test
    void whoTakesMostOfTheTimeWaitsWhileOthersAreThere() throws Exception {
        onLoop(() -> {
            crowd();
            assertThat(turns.mustWait(GREEDY, nowNanos.get())).isTrue();
            assertThat(turns.mustWait(POLITE, nowNanos.get())).isFalse();
        });
    }

    @Test
    void untilTheOthersHaveBeenAwayForAWhile() throws Exception {
        onLoop(() -> {
            crowd();
            nowNanos.addAndGet(1_000 * MILLI);
            assertThat(turns.mustWait(GREEDY, nowNanos.get())).isFalse();
        });
    }

    @Test
    void whatWasPutOffIsReadAfterWhatOthersSetOffInThisTurn() throws Exception {
        Connection greedy = new Connection("read", 1, MICRO);
        onLoop(() -> {
            turns.add(greedy);
            loop.execute(() -> log.add("set off"));
        });

        awaitReads(1);
        assertThat(log).containsExactly("set off", "read");
    }

    @Test
    void connectionsThatWaitTakeTurns() throws Exception {
        onLoop(() -> {
            turns.add(new Connection("a", 3, MICRO));
            turns.add(new Connection("b", 2, MICRO));
        });

        awaitReads(5);
        assertThat(log).containsExactly("a", "b", "a", "b", "a");
    }

    @Test
    void aTurnEndsWhenItsTimeIsOverAndTheLoopLooksAtOthersBetweenTwo() throws Exception {
        Connection slow = new Connection("read", 4, 60 * MICRO);
        onLoop(() -> turns.add(new ReadTurns.Reader() {
            @Override
            public boolean readSome() {
                // In the queue of the loop from here on, as what others send is in its sockets.
                loop.execute(() -> log.add("others"));
                return slow.readSome();
            }
        }));

        awaitReads(4);
        awaitLoop();
        // Two reads are more than a turn has.
        assertThat(log).containsExactly("read", "read", "others", "others", "read", "read", "others", "others");
    }

    @Test
    void whoHasNoMoreIsNotAskedAgainUntilItIsAdded() throws Exception {
        Connection once = new Connection("once", 1, MICRO);
        onLoop(() -> turns.add(once));
        awaitReads(1);
        awaitLoop();
        assertThat(log).hasSize(1);

        onLoop(() -> turns.add(new Connection("again", 1, MICRO)));
        awaitReads(2);
        assertThat(log).containsExactly("once", "again");
    }

    /// Both are there, and one takes 20 ms of decoding to the other's 1 us.
    private void crowd() {
        for (int i = 0; i < 20; i++) {
            read(GREEDY, MILLI);
            read(POLITE, MICRO / 20);
        }
    }

    private void read(int caller, long takingNanos) {
        long from = turns.nanoTime();
        nowNanos.addAndGet(takingNanos);
        turns.read(caller, from);
    }

    private void onLoop(Runnable task) throws Exception {
        loop.submit(task).get();
    }

    private void awaitReads(int count) throws Exception {
        while (log.stream()
                        .filter(entry -> !entry.equals("others") && !entry.equals("set off"))
                        .count()
                < count) {
            awaitLoop();
        }
    }

    /// Until the loop has done what it had to do when asked.
    private void awaitLoop() throws Exception {
        onLoop(() -> {});
        onLoop(() -> {});
    }
}
