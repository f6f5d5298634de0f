package dev.penstock.server.fast;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Signature;
import dev.penstock.core.batching.Offer;

/// A version whose requests somebody wants to see. As thread-safe as the version and who sees them are.
final class TappedModel implements FastModel {
    private final FastModel model;
    private final FastTap tap;
    private final Layout layout;

    TappedModel(FastModel model, FastTap tap) {
        this.model = model;
        this.tap = tap;
        this.layout = Layout.of(this);
    }

    @Override
    public ModelKey key() {
        return model.key();
    }

    @Override
    public Signature signature() {
        return model.signature();
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    @CheckReturnValue
    public Offer offer(FastCall call) {
        FastCall tapped = tap.around(call, layout);
        Offer answer = Offer.CLOSED;
        try {
            answer = model.offer(tapped);
        } finally {
            // Also if it throws: the door answers then, and the tap sees nothing of it.
            if (answer == Offer.CLOSED) {
                tap.untaken(tapped);
            } else if (answer != Offer.TAKEN) {
                tap.refused(tapped, answer);
            }
        }
        return answer;
    }
}
