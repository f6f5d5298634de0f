package dev.penstock.server.gate;

import dev.penstock.core.Tensor;
import java.util.List;
import java.util.Map;

/// Requests whose answers are known.
///
/// @param general the tolerance of numbers with fractions, of outputs without one of their own
/// @param own by output
/// @param cases at least one
record Golden(Tolerance general, Map<String, Tolerance> own, List<Case> cases) {
    /// Its file's name, beside the model.
    static final String FILE = "golden.json";

    /// Enough for requests that people look at.
    static final int MAX_BYTES = 4 << 20;

    Golden {
        own = Map.copyOf(own);
        cases = List.copyOf(cases);
    }

    /// One of them.
    ///
    /// @param name for messages
    /// @param outputs what must be answered; others are not looked at
    record Case(String name, List<Tensor> inputs, List<Tensor> outputs) {
        Case {
            inputs = List.copyOf(inputs);
            outputs = List.copyOf(outputs);
        }

        List<String> outputNames() {
            return outputs.stream().map(Tensor::name).toList();
        }
    }
}
