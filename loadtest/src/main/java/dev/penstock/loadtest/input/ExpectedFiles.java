package dev.penstock.loadtest.input;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Reads the right answers that a plan names.
final class ExpectedFiles {
    private ExpectedFiles() {}

    /// Of requests that are whole bodies, in their order; none if nothing is expected.
    static List<List<Tensor>> ofBodies(InputPlan plan, List<TensorSpec> outputs, int requests) {
        if (plan.expected().isEmpty()) {
            return List.of();
        }
        if (!PlanFiles.areBodies(plan.expected())) {
            throw new InputError("expected: " + plan.expected()
                    + " (expected: answers in JSON, as the requests are, {\"outputs\": […]} each)");
        }
        List<PlanFiles.Body> bodies = bodies(plan, requests);
        List<List<Tensor>> answers = new ArrayList<>();
        for (PlanFiles.Body body : bodies) {
            try {
                answers.add(checked(WireMessages.outputs(body.response()), outputs));
            } catch (InputError e) {
                throw new InputError(body.where() + ": " + e.getMessage());
            }
        }
        return answers;
    }

    /// Whole bodies of right answers, one for each request.
    static List<PlanFiles.Body> bodies(InputPlan plan, int requests) {
        List<PlanFiles.Body> bodies = PlanFiles.bodies(plan.expected());
        if (bodies.size() != requests) {
            throw new InputError("%s: %d answers (expected: %d, one for each request of %s)"
                    .formatted(
                            plan.expected().get(InputPlan.WHOLE),
                            bodies.size(),
                            requests,
                            plan.files().get(InputPlan.WHOLE)));
        }
        return bodies;
    }

    private static List<Tensor> checked(List<Tensor> answer, List<TensorSpec> outputs) {
        if (answer.isEmpty()) {
            throw new InputError("no outputs (expected: {\"outputs\": […]} with one at least)");
        }
        if (!outputs.isEmpty()) {
            answer.forEach(output -> TensorSpec.find("output", output.name(), outputs));
        }
        return answer;
    }

    /// Of requests that are made of rows, by output; empty if nothing is expected.
    static Map<String, RowTable> tables(InputPlan plan, List<TensorSpec> outputs) {
        if (plan.expected().isEmpty()) {
            return Map.of();
        }
        if (PlanFiles.areBodies(plan.expected())) {
            throw new InputError("expected: JSON answers for requests made of rows (expected: rows too: .npy or .csv)");
        }
        if (outputs.isEmpty()) {
            throw new InputError("expected: the server says nothing about its outputs"
                    + " (expected: requests and answers in JSON)");
        }
        return PlanFiles.tables("output", plan.expected(), outputs);
    }

    static List<Tensor> take(Map<String, RowTable> tables, long first, long rows, List<TensorSpec> outputs) {
        return tables.entrySet().stream()
                .map(table -> table.getValue().take(first, rows, TensorSpec.find("output", table.getKey(), outputs)))
                .toList();
    }
}
