package dev.penstock.server.shadow;

import dev.penstock.core.ModelKey;
import dev.penstock.core.Signature;
import dev.penstock.router.shadow.AnswerComparer;
import dev.penstock.router.shadow.RowComparer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What answers of two versions are held against each other with, for the pairs of late. Confined to one
/// thread.
final class Comparers {
    private static final int MOST = 64;

    private final Map<Pair, Both> known = new LinkedHashMap<>();

    /// How answers of one pair are compared.
    static final class Both {
        private final AnswerComparer answers;
        private @Nullable RowComparer rows;

        private Both(AnswerComparer answers) {
            this.answers = answers;
        }

        AnswerComparer answers() {
            return answers;
        }

        /// @param signature of the rows of both, the same at every call
        RowComparer rows(Signature signature) {
            RowComparer made = rows == null ? answers.ofRows(signature) : rows;
            rows = made;
            return made;
        }
    }

    private record Pair(ModelKey primary, ModelKey shadow, Signature shadowSignature, double tolerance) {}

    /// @param primarySignature asked for where the pair is not known
    Both of(
            ModelKey primary,
            Supplier<Signature> primarySignature,
            ModelKey shadow,
            Signature shadowSignature,
            double tolerance) {
        Pair pair = new Pair(primary, shadow, shadowSignature, tolerance);
        Both both = known.get(pair);
        if (both == null) {
            both = new Both(new AnswerComparer(primarySignature.get(), shadowSignature, tolerance));
            if (known.size() >= MOST) {
                known.remove(known.keySet().iterator().next());
            }
            known.put(pair, both);
        }
        return both;
    }
}
