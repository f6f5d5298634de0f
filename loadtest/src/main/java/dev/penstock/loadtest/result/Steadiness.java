package dev.penstock.loadtest.result;

/// Whether a load had come to rest when it was measured: three windows in a row whose rates and
/// latencies differ by no more than a tolerance, and that do not go on from those before them.
///
/// @param reached whether there were such windows
/// @param windows how many it took until then, or how many there were
/// @param tolerance 0.1 is 10 %
/// @param settling whether it was waited for before the measured time
public record Steadiness(boolean reached, int windows, double tolerance, Settling settling) {
    /// What came of waiting for a load to come to rest.
    public enum Settling {
        /// It was not waited for.
        NONE("none"),
        /// It came to rest.
        REACHED("reached"),
        /// It had not when the time for it was over; it was measured all the same.
        TIMED_OUT("timed_out");

        private final String text;

        Settling(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /// Whether it was at rest both when its measured time began, as far as that was waited for, and in it.
    public boolean isSteady() {
        return reached && settling != Settling.TIMED_OUT;
    }
}
