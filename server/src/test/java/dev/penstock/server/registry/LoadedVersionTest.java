package dev.penstock.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.penstock.core.ModelKey;
import dev.penstock.core.Signature;
import dev.penstock.core.VersionHandle.Lease;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import org.junit.jupiter.api.Test;

final class LoadedVersionTest {
    private final FakeModel model = new FakeModel(new ModelKey("digits", 1), new Signature(List.of(), List.of(), 0));
    private final Queue<Runnable> closings = new ArrayDeque<>();
    private final LoadedVersion version = new LoadedVersion(model, model.signature(), closings::add);

    // Each test closes what it leased where its scenario says so.
    @SuppressWarnings("MustBeClosedChecker")
    private Lease lease() {
        return Objects.requireNonNull(version.tryLease());
    }

    @Test
    void aLeaseGivesTheModel() {
        try (Lease lease = lease()) {
            assertThat(lease.model()).isSameAs(model);
        }

        assertThat(closings).isEmpty();
    }

    @Test
    void aRetiredVersionWithoutLeasesIsHandedToTheCloser() {
        version.retire();

        assertThat(model.closings()).isZero();
        assertThat(version.closed()).isNotDone();
        closings.remove().run();
        assertThat(model.closings()).isOne();
        assertThat(version.closed()).isCompleted();
    }

    @Test
    void aRetiredVersionStaysOpenUntilItsLastLeaseIsBack() {
        Lease first = lease();
        Lease second = lease();
        assertThat(version.leases()).isEqualTo(2);
        version.retire();

        first.close();
        assertThat(closings).isEmpty();
        assertThat(version.leases()).isOne();
        second.close();

        assertThat(closings).hasSize(1);
        assertThat(version.leases()).isZero();
    }

    @Test
    @SuppressWarnings("MustBeClosedChecker") // there is none to close
    void nothingIsLeasedOnceClosingBegan() {
        version.retire();

        assertThat(version.tryLease()).isNull();
    }

    @Test
    void retiringOrClosingALeaseTwiceChangesNothing() {
        Lease first = lease();
        Lease second = lease();
        first.close();
        first.close();
        version.retire();
        version.retire();

        assertThat(closings).isEmpty();
        second.close();
        assertThat(closings).hasSize(1);
    }

    @Test
    void aClosedLeaseGivesNoModel() {
        Lease lease = lease();
        lease.close();

        assertThatIllegalStateException().isThrownBy(lease::model).withMessage("lease of digits/1 is closed");
    }
}
