package dev.penstock.loadtest.scenario;

import dev.penstock.loadtest.input.InputPlan;
import java.util.Map;

/// What a part of the requests is.
///
/// @param name unique in its mix
/// @param version empty for the one that the server chooses
/// @param weight above 0; only ratios count
/// @param inputs what is sent, and what should be answered
/// @param headers of each of these requests, in lower case
public record MixEntry(
        String name, String model, String version, double weight, InputPlan inputs, Map<String, String> headers) {
    public MixEntry {
        headers = Map.copyOf(headers);
    }
}
