package dev.penstock.server.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ReplySink;
import dev.penstock.router.ModelRoute;
import dev.penstock.router.RouteTable;
import dev.penstock.router.arms.ArmObservers;
import dev.penstock.router.shadow.ShadowCounts;
import dev.penstock.router.shadow.ShadowDrop;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.router.split.ShadowSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// What becomes of a copy: it is asked, compared, and counted, or it is dropped.
class ShadowsTest extends ShadowsTests {
    @Test
    void aCopyIsAskedAndComparedOnceTheCallerHasItsAnswer() {
        try (Shadows shadows = shadows(MANY, table(10_000))) {
            answer(shadows, "hash");
            assertThat(told).containsExactly("reply");
            mayRun.countDown();

            ShadowCounts counts = until(shadows, now -> now.compared() == 1 && shadows.waiting() == 0);

            assertThat(counts.disagreed()).isZero();
            assertThat(counts.differences().getFirst()).as("both saw 1 + 2").isEqualTo(1);
            assertThat(counts.primaryRun().sumNanos()).isEqualTo(200);
            assertThat(counts.disagreements().count(3))
                    .as("of the unit's group")
                    .isEqualTo(1);
            assertThat(shadow.leases.get()).isZero();
        }
    }

    @Test
    void aRunAloneIsNotHeldAgainstOneOfManyRows() {
        mayRun.countDown();
        try (Shadows shadows = shadows(MANY, table(10_000))) {
            answer(shadows, "hash", 8);
            answer(shadows, "hash", 0);
            answer(shadows, "hash", 1);

            ShadowCounts counts = until(shadows, now -> now.compared() == 3);

            assertThat(counts.primaryRun().count()).as("the last one's").isEqualTo(1);
            assertThat(counts.shadowRun().count()).isEqualTo(1);
        }
    }

    @Test
    void whatIsTooFarOffDisagrees() {
        shift = 2;
        mayRun.countDown();
        try (Shadows shadows = shadows(MANY, table(10_000))) {
            answer(shadows, "random");

            ShadowCounts counts = until(shadows, now -> now.compared() == 1);

            assertThat(counts.disagreed()).isEqualTo(1);
            assertThat(counts.shift().sum()).isEqualTo(2);
        }
    }

    @Test
    void aShadowThatFailsIsCountedAndTheNextCopyIsAsked() {
        mayRun.countDown();
        fails = true;
        try (Shadows shadows = shadows(MANY, table(10_000))) {
            answer(shadows, "hash");
            until(shadows, now -> now.failed().containsKey(ErrorCode.MODEL_FAILED));
            fails = false;
            answer(shadows, "hash");

            assertThat(until(shadows, now -> now.compared() == 1 && shadows.waiting() == 0)
                            .ran())
                    .isEqualTo(2);
            assertThat(shadow.leases.get()).isZero();
        }
    }

    @Test
    void whatHasNoRoomIsDropped() {
        try (Shadows shadows = shadows(FEW, table(10_000))) {
            for (int i = 0; i < 10; i++) {
                answer(shadows, "hash");
            }

            assertThat(counts(shadows).dropped()).as("four fifths of 5 wait").isEqualTo(Map.of(ShadowDrop.FULL, 6L));
            assertThat(told).as("callers see nothing of it").hasSize(10).containsOnly("reply");
            assertThat(shadows.waiting()).isEqualTo(4);
            mayRun.countDown();
            until(shadows, now -> now.compared() == 4);
        }
    }

    @Test
    void aDoorThatThrowsCostsNoRoom() {
        doorThrows = true;
        mayRun.countDown();
        try (Shadows shadows = shadows(FEW, table(10_000))) {
            for (int i = 0; i < 10; i++) {
                assertThatThrownBy(() -> answer(shadows, "hash")).hasMessage("on purpose");
                int answered = i + 1;
                until(shadows, now -> now.ran() + now.notRun() == answered);
            }
            while (shadows.waiting() > 0) {
                LockSupport.parkNanos(1_000_000);
            }

            assertThat(counts(shadows).compared())
                    .as("each had room, and a caller who is gone")
                    .isGreaterThan(4);
        }
    }

    @Test
    void bytesAreRoomAsWell() {
        try (Shadows shadows = shadows(new ShadowSettings(1_000, 2_000, Duration.ofSeconds(5), 1), table(10_000))) {
            answer(shadows, "hash");
            answer(shadows, "hash");

            assertThat(counts(shadows).dropped()).isEqualTo(Map.of(ShadowDrop.FULL, 1L));
            assertThat(shadows.waitingBytes()).isLessThanOrEqualTo(1_600);
            mayRun.countDown();
        }
    }

    @Test
    void callersWhoWaitGoFirst() {
        mayRun.countDown();
        queued.set(1);
        try (Shadows shadows = shadows(MANY, table(10_000))) {
            answer(shadows, "hash");

            assertThat(until(shadows, now -> now.notRun() > 0 && shadows.waiting() == 0)
                            .dropped())
                    .isEqualTo(Map.of(ShadowDrop.BUSY, 1L));
            assertThat(shadows.waiting()).isZero();
        }
    }

    @Test
    void whatWaitedTooLongIsNotAsked() {
        try (Shadows shadows = shadows(MANY, table(10_000))) {
            answer(shadows, "hash");
            await(running);
            answer(shadows, "hash");
            nowNanos.addAndGet(Duration.ofSeconds(6).toNanos());
            mayRun.countDown();

            ShadowCounts counts = until(shadows, now -> now.notRun() > 0 && now.compared() > 0);

            assertThat(counts.dropped()).isEqualTo(Map.of(ShadowDrop.EXPIRED, 1L));
        }
    }

    @Test
    void whatThePrimaryDidNotAnswerIsNotAsked() {
        mayRun.countDown();
        try (Shadows shadows = shadows(MANY, table(10_000))) {
            ReplySink sink = around(shadows, request());
            sink.assigned(arm(0, "hash"));
            sink.fail(ErrorCode.MODEL_FAILED, "on purpose");

            assertThat(counts(shadows).dropped()).isEqualTo(Map.of(ShadowDrop.UNANSWERED, 1L));
            assertThat(told).containsExactly("fail");
        }
    }

    @Test
    void aShadowThatIsNotLoadedIsNotHeldAgainstIt() {
        RouteSpec spec = RouteSpec.of("m", ArmSpec.of("stable", "m", 1))
                .withShadows(List.of(new ShadowSpec(ArmSpec.of("next", "m", 2), 10_000, 0.5)));
        RouteTable without = RouteTable.of(List.of(new ModelRoute("m", List.of(primary), Set.of())))
                .withRoutes(List.of(spec), ArmObservers.NONE);
        try (Shadows shadows = shadows(MANY, without)) {
            answer(shadows, "hash");

            ShadowCounts counts = until(shadows, now -> now.ran() + now.notRun() > 0);
            assertThat(counts.dropped()).isEqualTo(Map.of(ShadowDrop.NOT_READY, 1L));
            assertThat(counts.ran()).isZero();
        }
    }
}
