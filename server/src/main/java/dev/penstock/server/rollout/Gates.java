package dev.penstock.server.rollout;

import dev.penstock.router.rollout.Observation.GateReading;
import dev.penstock.router.rollout.RolloutSpec;
import java.util.List;

/// Asks others whether candidates may go on. Thread-safe; does not wait for them.
public interface Gates extends AutoCloseable {
    /// Nobody is asked.
    Gates NONE = new Gates() {
        @Override
        public void check(RolloutSpec spec) {
            // Nobody is asked.
        }

        @Override
        public List<GateReading> readings(String id, RolloutSpec spec, RolloutView view) {
            return List.of();
        }

        @Override
        public void forget(String id) {
            // Nothing is known of any.
        }

        @Override
        public void close() {
            // Nobody is being asked.
        }
    };

    /// Refuses a rollout with a gate that would never be asked. Answers at once.
    ///
    /// @throws dev.penstock.core.ServingException naming the field
    void check(RolloutSpec spec);

    /// What they said last; those are asked again for whom it is time.
    List<GateReading> readings(String id, RolloutSpec spec, RolloutView view);

    /// The rollout is over.
    void forget(String id);

    @Override
    void close();
}
