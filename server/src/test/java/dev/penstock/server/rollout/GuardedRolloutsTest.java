package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.DataType;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import dev.penstock.router.rollout.Command;
import dev.penstock.router.rollout.Phase;
import dev.penstock.router.rollout.Wish;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.Target;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Candidates that get no requests, whatever their share is.
final class GuardedRolloutsTest extends RolloutTests {
    private String begin(String mode) {
        return world.start("lookup", Target.version("lookup", 1), """
                {"route": "lookup", "candidate": "lookup@2", "settle": "1s", "minRequests": 50, "mode": "%s",
                 "metrics": [{"type": "errors"}],
                 "steps": [{"weight": "50%%", "minDuration": "2s", "require": "proven"}]}""".formatted(mode));
    }

    private Phase phase(String id) {
        return world.rollouts.one(id).state().phase();
    }

    private void resume(RolloutWorld by, String id) {
        assertThat(by.rollouts
                        .act(id, new Wish(Command.RESUME, "ana", "it was the disk"))
                        .waitsFor())
                .isNotEmpty();
    }

    @Test
    void whoResumesArmsTheGuardAgain() {
        String id = begin("pause");
        world.tick(6);
        world.trip("lookup");
        world.tick(1);
        assertThat(phase(id)).isEqualTo(Phase.PAUSED);
        assertThat(world.rollouts.one(id).waitsFor()).startsWith("a person");

        resume(world, id);
        assertThat(world.trips).isEmpty();
        world.tick(3);
        assertThat(phase(id)).isEqualTo(Phase.ANALYSE);
        assertThat(world.store.routes().events(id, 0, 100).toString()).contains("resumed", "it was the disk", "ana");

        world.trip("lookup");
        world.tick(1);
        assertThat(phase(id)).as("it found the same again").isEqualTo(Phase.PAUSED);
    }

    @Test
    void whoHasNotSeenWhatAGuardFoundDoesNotArmItAgain() {
        String id = begin("pause");
        world.tick(6);
        long seen = world.rollouts
                .act(id, new Wish(Command.PAUSE, "ben", "lunch"))
                .state()
                .events();
        world.trip("lookup");
        world.tick(1);

        RolloutView first = world.rollouts.act(id, new Wish(Command.RESUME, "", "ana", "", seen));
        assertThat(first.state().phase()).isEqualTo(Phase.PAUSED);
        assertThat(RolloutViewJson.of(first).has("confirmed")).isFalse();
        assertThat(world.trips).isNotEmpty();

        RolloutView last = world.rollouts.act(id, new Wish(Command.RESUME, "ana", "it was the disk"));
        assertThat(last.state().phase()).isEqualTo(Phase.ANALYSE);
        assertThat(RolloutViewJson.of(last)
                        .path("confirmed")
                        .path(0)
                        .path("reason")
                        .asString())
                .isEqualTo("guard");
        assertThat(world.trips).isEmpty();
        assertThat(world.store.routes().events(id, seen, 100).getLast().event()).contains("\"confirmed\":[{\"seq\":");
    }

    /// Its units go to the default arm meanwhile, which has those that are its own as before.
    @Test
    void unitsThatAGuardSentAwayAreNoMismatch() {
        String id = begin("pause");
        world.tick(6);
        world.serve("lookup", 300, 0);
        world.tick(1);
        world.trip("lookup");
        world.serveDefaultOnly("lookup", 1_000);
        world.tick(1);
        assertThat(phase(id)).isEqualTo(Phase.PAUSED);
        for (int i = 0; i < 10; i++) {
            world.serveDefaultOnly("lookup", 1_000);
            world.tick(1);
        }

        resume(world, id);
        world.tick(3);
        assertThat(phase(id)).isEqualTo(Phase.ANALYSE);
        world.serve("lookup", 100, 0);
        world.tick(1);
        assertThat(world.rollouts
                        .one(id)
                        .state()
                        .epochs()
                        .getFirst()
                        .counts("canary")
                        .requests())
                .isEqualTo(400);
        assertThat(world.rollouts
                        .one(id)
                        .state()
                        .epochs()
                        .getFirst()
                        .counts("stable")
                        .firstExposures())
                .isEqualTo(400);
    }

    @Test
    void aResumeOnOneServerArmsTheGuardsOfAll() {
        String id = begin("pause");
        RolloutWorld other = world.beside("there");
        try {
            world.tick(6);
            other.tick(6);
            other.trip("lookup");
            other.tick(1);
            // It finds that when it writes next.
            world.tick(6);
            assertThat(phase(id)).isEqualTo(Phase.PAUSED);

            resume(world, id);
            assertThat(other.trips).isNotEmpty();
            other.tick(2);
            world.tick(2);
            assertThat(other.trips).isEmpty();
            assertThat(phase(id)).isEqualTo(Phase.ANALYSE);
        } finally {
            other.rollouts.close();
        }
    }

    @Test
    void guardsOfWhoOnlyObservesOnlyTell() {
        String id = begin("observe");
        world.tick(6);
        assertThat(world.guards.onlyTold).containsExactly("lookup");
        world.trip("lookup");
        world.tick(3);
        assertThat(phase(id)).isEqualTo(Phase.ANALYSE);
        assertThat(world.store.routes().events(id, 0, 100).toString())
                .containsOnlyOnce("would-roll-back")
                .contains("20 failures one after another");

        assertThat(world.rollouts
                        .act(id, new Wish(Command.ABORT, "ana", "enough"))
                        .id())
                .isEqualTo(id);
        world.tick(2);
        assertThat(phase(id)).isEqualTo(Phase.ROLLED_BACK);
        assertThat(world.guards.onlyTold).as("what comes after it is guarded").isEmpty();
    }

    /// As after a restart, or on a server that comes in the middle of it: before it has read any rollout.
    @Test
    void guardsOfWhoOnlyObservesOnlyTellFromTheFirstRequestOn() {
        String id = begin("observe");
        world.tick(6);
        RolloutWorld other = world.beside("there");
        try {
            assertThat(other.guards.onlyTold).containsExactly("lookup");
            other.tick(2);
            assertThat(other.guards.onlyTold).containsExactly("lookup");

            assertThat(world.rollouts
                            .act(id, new Wish(Command.ABORT, "ana", "enough"))
                            .id())
                    .isEqualTo(id);
            world.tick(2);
            assertThat(world.guards.onlyTold).isEmpty();
        } finally {
            other.rollouts.close();
        }
        RolloutWorld later = world.beside("later");
        assertThat(later.guards.onlyTold).as("it is over").isEmpty();
        later.rollouts.close();
    }

    @Test
    void whoCannotBeLoadedIsDroppedAloneAndThatIsSaid() {
        world.models.unloadable.put(2L, "no such file");
        String id = world.start("lookup", Target.version("lookup", 1), """
                {"route": "lookup", "candidates": ["lookup@2", "lookup@3"], "strategy": "experiment",
                 "metrics": [{"type": "errors"}], "steps": [{"weight": "20%", "minDuration": "1h"}]}""");
        world.tick(3);

        assertThat(phase(id)).isEqualTo(Phase.SETTLE);
        assertThat(world.spec("lookup").candidates())
                .extracting(CandidateSpec::weight)
                .containsExactly(0, 2000);
        assertThat(world.store.routes().events(id, 0, 100).toString())
                .contains("arm-dropped", "not-loadable", "lookup-2: lookup@2: no such file");
        assertThat(RolloutViewJson.of(world.rollouts.one(id))
                        .at("/status/arms/1")
                        .toString())
                .contains("\"dropped\":true,\"why\":\"not-loadable: lookup@2: no such file\"");
    }

    private static Signature taking(DataType type) {
        TensorSpec tensor = TensorSpec.of("x", type, -1);
        return new Signature(List.of(tensor), List.of(TensorSpec.of("y", DataType.FP32, -1)), 0);
    }

    /// As one that is loaded on demand: nothing was known of it when the rollout began.
    @Test
    void whoDoesNotFitOnceItIsLoadedIsTakenBackAndThatIsSaid() {
        world.models.signatures.put(1L, taking(DataType.FP32));
        String id = begin("rollback");
        world.models.signatures.put(2L, taking(DataType.INT64));
        world.tick(3);

        assertThat(phase(id)).isEqualTo(Phase.ROLLED_BACK);
        assertThat(world.rollouts.one(id).state().reason()).isEqualTo("unfit");
        assertThat(world.rollouts.one(id).state().detail()).contains("lookup@2: it does not fit the default arm: ");
        assertThat(world.rollouts.one(id).state().latched()).isFalse();
    }
}
