package dev.penstock.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.penstock.runtime.NativeHandles.Kind;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NativeTest {
    private final NativeHandles handles = new NativeHandles();
    private final AtomicInteger closes = new AtomicInteger();

    @Test
    void anOpenObjectIsCountedUnderItsKind() {
        try (Native<AutoCloseable> object = new Native<>(handles, Kind.TENSOR, closes::incrementAndGet)) {
            assertThat(object.get()).isNotNull();
            assertThat(handles.live()).containsEntry("tensor", 1L).containsEntry("session", 0L);
            assertThat(handles.total()).isEqualTo(1);
        }

        assertThat(handles.total()).isZero();
    }

    @Test
    void closingTwiceClosesAndCountsOnce() {
        Native<AutoCloseable> object = new Native<>(handles, Kind.SESSION, closes::incrementAndGet);

        object.close();
        object.close();

        assertThat(closes).hasValue(1);
        assertThat(handles.total()).isZero();
    }

    @Test
    void aClosedObjectIsNotHandedOut() {
        Native<AutoCloseable> object = new Native<>(handles, Kind.SESSION, closes::incrementAndGet);
        object.close();

        assertThatIllegalStateException().isThrownBy(object::get).withMessage("SESSION is closed");
    }
}
