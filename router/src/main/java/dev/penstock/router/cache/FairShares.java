package dev.penstock.router.cache;

import java.util.Arrays;
import java.util.Comparator;

/// Divides what there is: nobody gets more than asked for, and those who asked for more, or for nothing in particular,
/// get equal parts of the rest. Pure.
final class FairShares {
    private FairShares() {}

    /// @param wishes 0 for as much as there is
    /// @return a share for each wish; together at most `total`
    static long[] of(long total, long[] wishes) {
        Integer[] modestFirst = new Integer[wishes.length];
        Arrays.setAll(modestFirst, index -> index);
        Arrays.sort(
                modestFirst, Comparator.comparingLong(index -> wishes[index] == 0 ? Long.MAX_VALUE : wishes[index]));
        long[] shares = new long[wishes.length];
        long rest = total;
        int left = wishes.length;
        for (int index : modestFirst) {
            long fair = rest / left;
            shares[index] = wishes[index] == 0 ? fair : Math.min(wishes[index], fair);
            rest -= shares[index];
            left--;
        }
        return shares;
    }
}
