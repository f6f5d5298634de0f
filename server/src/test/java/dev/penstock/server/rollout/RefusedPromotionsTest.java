package dev.penstock.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.Command;
import dev.penstock.router.rollout.Wish;
import dev.penstock.router.split.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Promotions that cannot be, for whatever reason but a record that is away.
final class RefusedPromotionsTest extends RolloutTests {
    private static final String WHY = "it cannot be read";

    private String promoting(ServingException refusal) {
        world.promoteAlias("stable", 1);
        String id = world.start("lookup", Target.alias("lookup", "stable"));
        world.tick(6);
        var _ = world.rollouts.act(id, new Wish(Command.PROMOTE, "ana", ""));
        world.admin.refuse(refusal);
        return id;
    }

    private void isTakenBack(String id, String reason) {
        assertThat(world.recorded(id).phase()).isEqualTo("rolled-back");
        assertThat(world.rollouts.one(id).state().reason()).isEqualTo(reason);
        assertThat(world.stable()).isEqualTo(1);
    }

    /// Such as a record of the model that cannot be read: nobody knows for how long that lasts.
    @ParameterizedTest
    @EnumSource(names = {"INTERNAL", "NOT_READY", "OVERLOADED"})
    void theyAreTakenBackInTheEnd(ErrorCode code) {
        String id = promoting(new ServingException(code, WHY));

        world.tick(55);
        assertThat(world.recorded(id).phase()).isEqualTo("promoting");
        assertThat(world.rollouts.one(id).waitsFor()).isEqualTo(WHY);
        world.tick(10);

        isTakenBack(id, "not-promoted");
        assertThat(world.rollouts.one(id).state().detail()).contains(WHY);
    }

    @Test
    void theirGuardsAreHeard() {
        String id = promoting(new ServingException(ErrorCode.INTERNAL, WHY));

        world.trip("lookup");
        world.tick(2);

        isTakenBack(id, "guard");
    }

    @Test
    void oneThatOnlyWaitsForTheRecordIsNotTakenBack() {
        String id = promoting(AwayRecords.away("the record is away"));

        world.tick(80);
        assertThat(world.recorded(id).phase()).isEqualTo("promoting");
        world.admin.refuse(null);
        world.tick(8);

        assertThat(world.recorded(id).phase()).isEqualTo("completed");
        assertThat(world.stable()).isEqualTo(2);
    }

    @Test
    void whileTheRecordIsAwayNothingIsRefused() {
        String id = promoting(new ServingException(ErrorCode.INTERNAL, WHY));
        world.tick(3);
        assertThat(world.rollouts.one(id).waitsFor()).isEqualTo(WHY);
        world.admin.refuse(AwayRecords.away("the record is away"));
        world.tick(80);

        world.admin.refuse(new ServingException(ErrorCode.INTERNAL, WHY));
        world.tick(12);
        assertThat(world.rollouts.one(id).waitsFor()).isEqualTo(WHY);
        assertThat(world.recorded(id).phase()).isEqualTo("promoting");
        world.admin.refuse(null);
        world.tick(8);

        assertThat(world.recorded(id).phase()).isEqualTo("completed");
        assertThat(world.stable()).isEqualTo(2);
    }
}
