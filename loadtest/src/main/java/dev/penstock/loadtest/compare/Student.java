package dev.penstock.loadtest.compare;

/// Student's t distribution. Pure.
final class Student {
    private static final int HALVINGS = 60;

    private Student() {}

    /// @param confidence 0 to 1, such as 0.95
    /// @param freedom degrees of freedom, at least 1
    /// @return what the value exceeds on neither side with that probability: 12.706 for 0.95 and 1
    static double bound(double confidence, int freedom) {
        double low = 0;
        double high = Math.PI / 2;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (within(middle, freedom) < confidence) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return Math.tan(low) * Math.sqrt(freedom);
    }

    /// The probability of |t| below `tan(angle) * sqrt(freedom)`: Abramowitz and Stegun, 26.7.3 and
    /// 26.7.4.
    private static double within(double angle, int freedom) {
        double cosine = Math.cos(angle);
        boolean odd = freedom % 2 == 1;
        double term = odd ? cosine : 1;
        double sum = freedom == 1 ? 0 : term;
        for (int i = odd ? 3 : 2; i <= freedom - 2; i += 2) {
            term *= cosine * cosine * (double) (i - 1) / (double) i;
            sum += term;
        }
        double part = Math.sin(angle) * sum;
        return odd ? 2 / Math.PI * (angle + part) : part;
    }
}
