package dev.penstock.server.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ShadowRoomTest {
    private final ShadowRoom room = new ShadowRoom(20, 1_000);

    /// How many copies of a byte each have room; it is given back.
    static int taken(ShadowRoom room) {
        int taken = 0;
        while (room.tryTake(1)) {
            taken++;
        }
        for (int i = 0; i < taken; i++) {
            room.give(1);
        }
        return taken;
    }

    @Test
    void itSaysNoFromFourFifthsOn() {
        assertThat(taken(room)).isEqualTo(16);
        assertThat(room.tryTake(801)).isFalse();
        assertThat(room.tryTake(800)).isTrue();
        assertThat(room.tryTake(1)).isFalse();

        assertThat(room.copies()).isEqualTo(1);
        assertThat(room.bytes()).isEqualTo(800);
    }

    @Test
    void whereOthersWantTheProcessorItHoldsAnEighthAndGrowsTwofoldAfterThat() {
        room.woke(true);
        room.woke(true);
        assertThat(taken(room)).isEqualTo(2);

        room.woke(false);
        assertThat(taken(room)).isEqualTo(4);
        room.woke(false);
        room.woke(false);
        room.woke(false);
        assertThat(taken(room)).isEqualTo(16);
    }

    @Test
    void oneLargeCopyHasRoomHoweverLittleThereIs() {
        room.woke(true);

        assertThat(room.tryTake(700)).isTrue();
        assertThat(room.tryTake(1)).isFalse();
        room.give(700);
        assertThat(room.tryTake(1)).isTrue();
        assertThat(room.tryTake(100)).isFalse();
    }

    @Test
    void aRoomForOneHoldsOneWhoeverWantsTheProcessor() {
        ShadowRoom one = new ShadowRoom(1, 10);
        one.woke(true);

        assertThat(one.tryTake(1)).isTrue();
        assertThat(one.tryTake(1)).isFalse();
    }
}
