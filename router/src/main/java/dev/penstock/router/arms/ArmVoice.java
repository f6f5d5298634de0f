package dev.penstock.router.arms;

/// Told what somebody says of answers that one arm gave. Thread-safe, never blocks.
public interface ArmVoice {
    /// What an answer was worth.
    ///
    /// @param group of the unit, 0 to 63
    /// @param value finite
    void reward(int group, double value);

    /// Whether an answer was right.
    ///
    /// @param group of the unit, 0 to 63
    void label(int group, boolean isRight);
}
