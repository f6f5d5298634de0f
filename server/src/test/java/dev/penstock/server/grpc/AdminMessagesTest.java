package dev.penstock.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.proto.admin.Recorded;
import dev.penstock.proto.admin.Waiting;
import dev.penstock.server.admin.Registration;
import dev.penstock.server.store.StoreFixtures;
import dev.penstock.server.store.VersionRecord;
import org.junit.jupiter.api.Test;

class AdminMessagesTest {
    @Test
    void whatWaitsForItsVerdictIsShown() {
        VersionRecord version = StoreFixtures.bare();

        assertThat(recorded(version).hasWaiting()).isFalse();
        Waiting waiting = recorded(version.with(StoreFixtures.intent())).getWaiting();
        assertThat(waiting.getAliasesList()).containsExactly("canary", "stable");
        assertThat(waiting.getPolicy()).isEqualTo("all");
        assertThat(waiting.getConfig()).isEqualTo("max_batch_size: 8");
        assertThat(waiting.getBy()).isEqualTo("bob");
        assertThat(waiting.hasAt()).isTrue();
    }

    private static Recorded recorded(VersionRecord version) {
        return AdminMessages.registration(new Registration("m", version, true, false, ""))
                .getVersion()
                .getRecorded();
    }
}
