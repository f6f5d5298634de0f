package dev.penstock.server.fast;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CompletionsTest {
    private final List<Call> settled = new ArrayList<>();

    private final class Call implements Completions.Linked<Call> {
        private final boolean fails;
        private @Nullable Call next;

        Call(boolean fails) {
            this.fails = fails;
        }

        @Override
        public @Nullable Call nextCompleted() {
            return next;
        }

        @Override
        public void nextCompleted(@Nullable Call newNext) {
            next = newNext;
        }

        @Override
        public void settle() {
            settled.add(this);
            if (fails) {
                throw new OutOfMemoryError("on purpose");
            }
        }
    }

    @Test
    void oneThatFailsKeepsNoOtherFromItsOutcome() {
        List<Runnable> tasks = new ArrayList<>();
        Completions<Call> completions = new Completions<>(tasks::add);
        List<Call> calls = List.of(new Call(false), new Call(true), new Call(false));
        calls.forEach(completions::add);
        assertThat(tasks).hasSize(1);

        tasks.getFirst().run();

        assertThat(settled).isEqualTo(calls);
    }
}
