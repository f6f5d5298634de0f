package dev.penstock.server.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ModelKey;
import dev.penstock.server.memory.Holding.Hold;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RoomPlanTest {
    private static final List<Hold> HOLDS = List.copyOf(EnumSet.allOf(Hold.class));
    private static final long MIB = 1 << 20;
    private static final long NOW = Long.MIN_VALUE + 1000;

    @Test
    void whatFitsSendsNobodyAway() {
        assertThat(decide(100, 60, idle(1, 40, 5))).isEqualTo(fits());
        assertThat(decide(0, 1000, idle(1, 40, 5))).as("no limit").isEqualTo(fits());
    }

    @Test
    void theLeastRecentlyUsedLeavesFirst() {
        Holding old = idle(1, 40, 9);
        Holding older = idle(2, 40, 50);

        assertThat(decide(100, 60, old, older)).isEqualTo(fits(older));
        assertThat(decide(100, 100, old, older)).isEqualTo(fits(older, old));
    }

    @Test
    void nobodyLeavesWithoutWhomItIsEnough() {
        Holding oldest = idle(1, 10, 50);
        Holding large = idle(2, 80, 40);

        assertThat(decide(100, 80, oldest, large)).isEqualTo(fits(large));
    }

    @Test
    void whatIsUsedOrPinnedNeverLeaves() {
        Holding busy = new Holding(1, key(1), 60 * MIB, Hold.BUSY, NOW - 99);
        Holding resident = new Holding(2, key(2), 30 * MIB, Hold.RESIDENT, 0);

        assertThat(decide(100, 50, busy, resident)).isInstanceOf(Room.Later.class);
        assertThat(decide(100, 71, busy, resident)).isInstanceOf(Room.Never.class);
    }

    @Test
    void aRefusalSaysItInNumbers() {
        Room room = decide(
                200,
                150,
                new Holding(1, key(1), 60 * MIB, Hold.RESIDENT, 0),
                idle(2, 20, 1),
                new Holding(3, key(3), 30 * MIB, Hold.BUSY, NOW),
                new Holding(4, key(4), 10 * MIB, Hold.LEAVING, NOW));

        assertThat(room)
                .isInstanceOfSatisfying(
                        Room.Never.class,
                        never -> assertThat(never.shortage().reason())
                                .isEqualTo(
                                        "there is no room for it now: it needs 150.0 MiB, and of memory.budget, 200.0 MiB, 80.0 MiB are free;"
                                                + " of 4 others most is held by m1/1 60.0 MiB, m3/1 30.0 MiB (on demand, in use), m2/1 20.0 MiB (on demand)"));
    }

    @Test
    void whateverIsThereThePlanKeepsItsPromises() {
        Random random = new Random(11);
        int fits = 0;
        int sent = 0;
        for (int round = 0; round < 20_000; round++) {
            List<Holding> holdings = new ArrayList<>();
            for (int i = random.nextInt(12); i > 0; i--) {
                Hold hold = HOLDS.get(random.nextInt(HOLDS.size()));
                holdings.add(new Holding(i, key(i), random.nextLong(50) * MIB, hold, NOW - random.nextLong(1000)));
            }
            long budget = (1 + random.nextLong(300)) * MIB;
            long need = random.nextLong(120) * MIB;
            long used = sum(holdings);
            switch (RoomPlan.decide(budget, need, holdings, NOW)) {
                case Room.Fits(List<Holding> leave) -> {
                    fits++;
                    sent += leave.size();
                    assertThat(leave).doesNotHaveDuplicates().allMatch(holding -> holding.hold() == Hold.IDLE);
                    assertThat(used - sum(leave) + need).isLessThanOrEqualTo(budget);
                    assertThat(leave)
                            .as("each is needed")
                            .allMatch(one -> used - sum(leave) + one.bytes() + need > budget);
                }
                case Room.Later _ -> {
                    assertThat(used - of(holdings, Hold.IDLE) + need).isGreaterThan(budget);
                    assertThat(of(holdings, Hold.RESIDENT) + need).isLessThanOrEqualTo(budget);
                }
                case Room.Never _ ->
                    assertThat(of(holdings, Hold.RESIDENT) + need).isGreaterThan(budget);
            }
        }
        assertThat(fits).isBetween(5_000, 19_000);
        assertThat(sent).isGreaterThan(1_000);
    }

    private static Room decide(long budgetMib, long needMib, Holding... holdings) {
        return RoomPlan.decide(budgetMib * MIB, needMib * MIB, Arrays.asList(holdings), NOW);
    }

    private static Room fits(Holding... leave) {
        return new Room.Fits(List.of(leave));
    }

    private static Holding idle(int id, long mib, long ago) {
        return new Holding(id, key(id), mib * MIB, Hold.IDLE, NOW - ago);
    }

    private static ModelKey key(int number) {
        return new ModelKey("m" + number, 1);
    }

    private static long sum(List<Holding> holdings) {
        return holdings.stream().mapToLong(Holding::bytes).sum();
    }

    private static long of(List<Holding> holdings, Hold hold) {
        return sum(holdings.stream().filter(one -> one.hold() == hold).toList());
    }
}
