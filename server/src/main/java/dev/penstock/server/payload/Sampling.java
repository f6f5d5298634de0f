package dev.penstock.server.payload;

import dev.penstock.core.ModelName;
import dev.penstock.server.calls.Ratio;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Which requests are kept: a share of each model's. Pure.
///
/// A request with an id is kept or not by that id, so that every server, and every try of a caller, decides
/// alike; one without by chance.
final class Sampling {
    /// Of the 64-bit FNV-1a hash.
    private static final long FNV_BASIS = 0xcbf29ce484222325L;

    private static final long FNV_PRIME = 0x100000001b3L;

    private final Ratio general;
    private final Map<String, Ratio> own;

    private Sampling(Ratio general, Map<String, Ratio> own) {
        this.general = general;
        this.own = own;
    }

    /// @param share of models that `models` does not name, from 0 to 1
    /// @param models each `NAME=SHARE`
    /// @throws IllegalArgumentException if one of them is not
    static Sampling of(double share, List<String> models) {
        Map<String, Ratio> own = new HashMap<>();
        for (String text : models) {
            int equals = text.lastIndexOf('=');
            String name = equals < 0 ? "" : text.substring(0, equals).strip();
            double value = equals < 0 ? -1 : number(text.substring(equals + 1).strip());
            if (!ModelName.isValid(name) || !(value >= 0 && value <= 1)) {
                throw new IllegalArgumentException(
                        "payload.models: '%s' (expected: NAME=SHARE, a model and a number from 0 to 1)"
                                .formatted(text));
            }
            own.put(name, new Ratio(value));
        }
        return new Sampling(new Ratio(share), Map.copyOf(own));
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /// The share of a model's requests.
    Ratio of(String model) {
        return own.getOrDefault(model, general);
    }

    /// Whether a request with an id is kept.
    ///
    /// @param id of which the first `length` bytes count, at least one
    static boolean takes(Ratio ratio, byte[] id, int length) {
        long hash = FNV_BASIS;
        for (int i = 0; i < length; i++) {
            hash = (hash ^ (id[i] & 0xff)) * FNV_PRIME;
        }
        return ratio.takes(mixed(hash));
    }

    /// Ids that differ in their last digit are to be far apart: the end of MurmurHash3.
    private static long mixed(long hash) {
        long mixed = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ (mixed >>> 33);
    }
}
