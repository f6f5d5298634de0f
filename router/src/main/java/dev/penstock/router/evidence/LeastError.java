package dev.penstock.router.rollout;

import dev.penstock.router.arms.GroupSums;
import java.util.Arrays;

/// What has been the same without exception is not known to be so for ever. Pure.
final class LeastError {
    private LeastError() {}

    /// The standard error of the mean if all that was told were of another unit each, with half a 0 and half
    /// a 1 added.
    static double of(GroupSums told) {
        double count = (double) told.count() + 1;
        double mean = (told.sum() + 0.5) / count;
        double squares = Arrays.stream(told.squares()).sum() + 0.5;
        return Math.sqrt(Math.max(0, squares / count - mean * mean) / count);
    }
}
