package dev.penstock.server.rest.text;

/// The shortest decimal number that reads back as a given binary one, and of the shortest the nearest.
///
/// The idea, after Giulietti's Schubfach: let `10^k` be the largest power of ten that is at most the distance
/// between two binary neighbours. Then between one and, at most, a few dozen multiples of it round to the
/// number, so one of them is the answer, unless a multiple of `10^(k+1)` is there too, of which there is at
/// most one. Everything is compared in quarters of `10^k`, in integers whose last bit also says whether
/// anything non-zero was cut off.
final class ShortestDecimal {
    private ShortestDecimal() {}

    /// The power of ten `k` that [#digits] counts in.
    ///
    /// @param q the number is `c * 2^q`
    /// @param uneven whether its lower neighbour is half as far away as the upper one
    static int power(int q, boolean uneven) {
        return uneven ? PowersOfTen.floorLog10OfThreeQuarters(q) : PowersOfTen.floorLog10OfPowerOfTwo(q);
    }

    /// The answer in units of `10^k`. It may end in zeros.
    ///
    /// @param c below `2^53`
    static long digits(long c, int q, boolean uneven) {
        int k = power(q, uneven);
        // 1 to 4: it makes the upper half of the product count quarters.
        int shift = q + PowersOfTen.floorLog2(-k) + 1;
        long high = PowersOfTen.high(-k);
        long low = PowersOfTen.low(-k) + 1;
        long lower = scaled(high, low, (4 * c - (uneven ? 1 : 2)) << shift);
        long quarters = scaled(high, low, (4 * c) << shift);
        long upper = scaled(high, low, (4 * c + 2) << shift);
        return choose(c, lower, quarters, upper);
    }

    /// The same for `c` below `2^24` and `q` in -149..104, with half the precision.
    static long digits24(long c, int q, boolean uneven) {
        int k = power(q, uneven);
        int shift = q + PowersOfTen.floorLog2(-k) + 1;
        long high = PowersOfTen.high(-k) + 1;
        long lower = scaled(high, (4 * c - (uneven ? 1 : 2)) << shift);
        long quarters = scaled(high, (4 * c) << shift);
        long upper = scaled(high, (4 * c + 2) << shift);
        return choose(c, lower, quarters, upper);
    }

    private static long choose(long c, long lower, long quarters, long upper) {
        // The ends of the interval round to the number if its significand is even.
        long least = lower + (c & 1);
        long most = upper - (c & 1);
        long s = quarters >>> 2;
        long tens = s / 10 * 10;
        boolean tensFit = least <= 4 * tens;
        boolean nextTensFit = 4 * tens + 40 <= most;
        if (tensFit != nextTensFit) {
            return tensFit ? tens : tens + 10;
        }
        boolean fits = least <= 4 * s;
        boolean nextFits = 4 * s + 4 <= most;
        if (fits != nextFits) {
            return fits ? s : s + 1;
        }
        long middle = 4 * s + 2;
        boolean up = quarters > middle || (quarters == middle && (s & 1) != 0);
        return up ? s + 1 : s;
    }

    /// `high:low * value / 2^128`, whose last bit is set also if anything was cut off. The factor is up to one unit too
    /// large, so what is cut off counts from 2 on.
    private static long scaled(long high, long low, long value) {
        long middle = high * value;
        long cut = middle + Math.unsignedMultiplyHigh(low, value);
        long carry = Long.compareUnsigned(cut, middle) < 0 ? 1 : 0;
        long result = Math.unsignedMultiplyHigh(high, value) + carry;
        return result | (Long.compareUnsigned(cut, 1) > 0 ? 1 : 0);
    }

    /// `high * value / 2^64`, likewise, for values below `2^32`.
    private static long scaled(long high, long value) {
        long cut = (high * value) >>> 32;
        return Math.unsignedMultiplyHigh(high, value) | (cut > 1 ? 1 : 0);
    }
}
