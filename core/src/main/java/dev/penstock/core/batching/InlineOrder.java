package dev.penstock.core.batching;

import dev.penstock.core.Check;

/// Which models event loops run themselves, and how many loops there are to do it.
///
/// @param loops event loops of all doors together; each may have a runner of its own of every such model
/// @param budgetNanos a model whose run of one row took less than this when it was tried out; 0 for none
public record InlineOrder(int loops, long budgetNanos) {
    /// Workers run everything.
    public static final InlineOrder NONE = new InlineOrder(0, 0);

    public InlineOrder {
        Check.argument(loops >= 0, "loops: %d (expected: >= 0)", loops);
        Check.argument(budgetNanos >= 0, "budgetNanos: %d (expected: >= 0)", budgetNanos);
    }

    boolean covers(BatchPlan plan) {
        return loops > 0 && plan.singleNanos() < budgetNanos;
    }
}
